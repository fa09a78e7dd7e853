"""Whether this installation keeps what it is given: the checks behind `civicloop doctor`."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from civicloop.apps.append_guards import unguarded_tables
from civicloop.apps.audit.verifying import is_key_of_audit_here, last_check
from civicloop.apps.clocks.calendars import missing_year
from civicloop.apps.clocks.wording import word_missing_year
from civicloop.apps.intake.masking import set_aside_numbers
from civicloop.apps.intake.wording_of_seals import MOST_NAMED, word_set_aside
from civicloop.apps.vault.databases import pending_migrations
from civicloop.apps.vault.moving import count_left
from civicloop.apps.vault.rotating import count_without_key
from civicloop.config.backups import key_files, upkeep
from civicloop.config.vault_router import VAULT
from civicloop.connectors.file_scanner import is_answering

OLDEST_POSTGRESQL = 150000
FREE_BYTES_WANTED = 500 * 1024 * 1024
SQLITE_FULL = 2
BACKUP_EVERY, DRILL_EVERY = timedelta(days=2), timedelta(days=35)
AUDIT_READ_EVERY = timedelta(days=2)  # the daily job may be late by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    name: str
    is_safe: bool
    words: str  # what was found; when unsafe, also what to do
    is_warning: bool = False  # safe to keep appeals in, but something will go wrong soon


def check_installation() -> Iterator[Finding]:
    """Look at the database's promises, the migrations, the secret and the disk."""
    yield from _check_sqlite() if connection.vendor == "sqlite" else _check_postgresql()
    if VAULT in connections:
        yield _check_vault()
    yield _check_migrations()
    yield from _check_append_only()
    yield _check_exposure()
    yield _check_disk(settings.DATA_FOLDER)


def check_calendar(*, now: datetime) -> Finding:
    """Warn when a year that limits will soon need has no holidays yet."""
    year = None if pending_migrations() else missing_year(now)
    if year is None:
        words = _("the years that limits need are known")
        return Finding(name=_("calendar"), is_safe=True, words=words)
    return Finding(name=_("calendar"), is_safe=True, is_warning=True, words=word_missing_year(year))


def check_audit(*, now: datetime) -> Iterator[Finding]:
    """Say when the audit was last read, and warn when it was not, or when nobody notes its end."""
    if pending_migrations():
        return
    yield _check_last_reading(now)
    is_noted = bool(settings.AUDIT_ANCHORS or settings.AUDIT_EMAIL)
    yield Finding(
        name=_("end of the audit"),
        is_safe=True,
        is_warning=not is_noted,
        words=_("noted every day in another place")
        if is_noted
        else _(
            "noted nowhere: whoever cuts it off is not found. Set CIVICLOOP_AUDIT_ANCHORS or "
            "CIVICLOOP_AUDIT_EMAIL"
        ),
    )


def check_upkeep(*, now: datetime) -> Iterator[Finding]:
    """Warn when the last backup is old, or none was brought back for a long time."""
    noted = upkeep()
    for what, name, most, command in (
        ("backup", _("last backup"), BACKUP_EVERY, "civicloop backup"),
        ("drill", _("last restore drill"), DRILL_EVERY, "civicloop restore --drill"),
    ):
        if what not in noted:
            words = _("never: %(command)s") % {"command": command}
            yield Finding(name=name, is_safe=True, is_warning=True, words=words)
            continue
        at = datetime.fromisoformat(str(noted[what]["at"]))
        told = {**noted[what], "at": date_format(timezone.localtime(at), "Y-m-d H:i")}
        words = _("%(at)s, %(folder)s, in %(seconds)s s") % told
        yield Finding(name=name, is_safe=True, is_warning=now - at > most, words=words)


def check_seals() -> Iterator[Finding]:
    """Name what could not be sealed because what was sealed before does not open."""
    if pending_migrations():
        return
    count, numbers = set_aside_numbers(most=MOST_NAMED)
    words = word_set_aside(count, numbers) if count else _("every seal that was needed opened")
    yield Finding(name=_("seals"), is_safe=not count, words=words)


def check_scanner() -> Iterator[Finding]:
    """Ask the scanner of files, where the city has one, whether it is there."""
    if settings.FILE_SCANNER is None:
        return
    is_there = is_answering(settings.FILE_SCANNER)
    words = _("answers") if is_there else _("does not answer: no file that is uploaded is taken")
    yield Finding(name=_("scanner of files"), is_safe=True, is_warning=not is_there, words=words)


def check_keys() -> Finding:
    """The keys are there, those that were used, and nobody but their owner reads them."""
    open_to_others = [file.name for file in key_files() if file.stat().st_mode & 0o077]
    if open_to_others:
        words = _("%(names)s can be read by other users: chmod 600") % {
            "names": ", ".join(open_to_others)
        }
        return Finding(name=_("keys"), is_safe=False, words=words)
    if not pending_migrations():
        sealed, is_linked = count_without_key(), is_key_of_audit_here()
        if sealed:
            words = _(
                "%(count)s records are sealed with a key that is not in contact_key: bring back the "
                "file that belongs to this database"
            )
            return Finding(name=_("keys"), is_safe=False, words=words % {"count": sealed})
        if not is_linked:
            words = _(
                "the key that links the audit is not in audit_key: bring back the file that belongs "
                "to this database"
            )
            return Finding(name=_("keys"), is_safe=False, words=words)
    names = ", ".join(file.name for file in key_files()) or _("none made yet")
    return Finding(name=_("keys"), is_safe=True, words=names)


def _check_last_reading(now: datetime) -> Finding:
    check = last_check()
    name = _("audit")
    if check is None:
        words = _("never read from end to end: civicloop audit verify")
        return Finding(name=name, is_safe=True, is_warning=True, words=words)
    told = {
        "at": date_format(timezone.localtime(check.at), "Y-m-d H:i"),
        "events": check.event_count,
        "faults": check.fault_count,
    }
    if check.fault_count:
        words = _("read %(at)s: %(faults)s faults, see civicloop audit verify") % told
        return Finding(name=name, is_safe=False, words=words)
    return Finding(
        name=name,
        is_safe=True,
        is_warning=now - check.at > AUDIT_READ_EVERY,
        words=_("read %(at)s: %(events)s events as they were written") % told,
    )


def _ask(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return "" if row is None else str(row[0])


def _check_sqlite() -> Iterator[Finding]:
    wanted = [
        ("journal_mode", "wal", _("readers and the writer do not block each other")),
        ("synchronous", str(SQLITE_FULL), _("a commit survives a power cut")),
        ("foreign_keys", "1", _("no record points to one that is gone")),
    ]
    for pragma, value, why in wanted:
        found = _ask(f"PRAGMA {pragma}")
        yield _compare(f"SQLite {pragma}", found, value, why)
    mode = settings.DATABASES["default"].get("OPTIONS", {}).get("transaction_mode", "DEFERRED")
    yield _compare(
        "SQLite transaction_mode", mode, "IMMEDIATE", _("two writers wait instead of failing")
    )
    yield Finding(
        name="SQLite",
        is_safe="ENABLE_FTS5" in _compile_options(),
        words=_("version %(version)s, with full-text search (FTS5)")
        % {"version": sqlite3.sqlite_version},
    )
    broken = _ask("PRAGMA quick_check")
    yield _compare(
        "SQLite quick_check", broken, "ok", _("the file is whole; if not, restore a backup")
    )


def _compile_options() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA compile_options")
        return {row[0] for row in cursor.fetchall()}


def _check_postgresql() -> Iterator[Finding]:
    version = int(_ask("SHOW server_version_num"))
    yield Finding(
        name="PostgreSQL",
        is_safe=version >= OLDEST_POSTGRESQL,
        words=_("version %(version)s; 15 or newer is needed")
        % {"version": _ask("SHOW server_version")},
    )
    for setting, value, why in [
        ("fsync", "on", _("a commit reaches the disk")),
        ("full_page_writes", "on", _("a torn page can be mended")),
        ("synchronous_commit", "on", _("a commit survives a power cut")),
        ("server_encoding", "UTF8", _("every Chinese character can be stored")),
    ]:
        yield _compare(f"PostgreSQL {setting}", _ask(f"SHOW {setting}"), value, why)


def _compare(name: str, found: str, wanted: str, why: str) -> Finding:
    if found.lower() == wanted.lower():
        return Finding(name=name, is_safe=True, words=f"{found}: {why}")
    words = _("is %(found)s, must be %(wanted)s: %(why)s")
    return Finding(
        name=name, is_safe=False, words=words % {"found": found, "wanted": wanted, "why": why}
    )


def _check_vault() -> Finding:
    """The vault's own database answers, keeps its commits, and no identity was left in the other."""
    left = count_left()
    told = {"vendor": connections[VAULT].display_name, "count": left}
    if left:
        words = _("%(count)s identities are still in the main database: civicloop vault move")
        return Finding(name=_("vault"), is_safe=False, words=words % told)
    with connections[VAULT].cursor() as cursor:
        is_sqlite = connections[VAULT].vendor == "sqlite"
        cursor.execute("PRAGMA synchronous" if is_sqlite else "SHOW synchronous_commit")
        found = str(cursor.fetchone()[0])
    if found not in {str(SQLITE_FULL), "on"}:
        words = _("a commit may be lost at a power cut")
        return Finding(name=_("vault"), is_safe=False, words=words)
    words = _("a database of its own, %(vendor)s; a commit survives a power cut")
    return Finding(name=_("vault"), is_safe=True, words=words % told)


def _check_migrations() -> Finding:
    count = pending_migrations()
    words = _("%(count)s to run: civicloop migrate") % {"count": count} if count else _("all run")
    return Finding(name=_("migrations"), is_safe=not count, words=words)


def _check_append_only() -> Iterator[Finding]:
    if pending_migrations():
        return
    open_tables = unguarded_tables(connection)
    words = _("%(tables)s can be changed or emptied: civicloop migrate") % {
        "tables": ", ".join(open_tables)
    }
    kept = _("the database refuses to change what was observed or published")
    yield Finding(
        name=_("rows written once"), is_safe=not open_tables, words=words if open_tables else kept
    )


def _check_exposure() -> Finding:
    hosts = [
        host for host in settings.ALLOWED_HOSTS if host not in {"localhost", "127.0.0.1", "[::1]"}
    ]
    if settings.DEBUG:
        words = _("CIVICLOOP_DEBUG shows the inside of the program to visitors: unset it")
        return Finding(name=_("exposure"), is_safe=False, words=words)
    if hosts and settings.DEMO:
        words = _("the demo's log-ins are public: unset CIVICLOOP_DEMO before opening the site")
        return Finding(name=_("exposure"), is_safe=False, words=words)
    if hosts and not settings.SESSION_COOKIE_SECURE:
        words = _(
            "reachable as %(hosts)s without HTTPS: put it behind TLS and set CIVICLOOP_HTTPS=1"
        )
        return Finding(name=_("exposure"), is_safe=False, words=words % {"hosts": ", ".join(hosts)})
    return Finding(
        name=_("exposure"), is_safe=True, words=", ".join(hosts) or _("this machine only")
    )


def _check_disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    return Finding(
        name=_("free disk space"),
        is_safe=free >= FREE_BYTES_WANTED,
        words=_("%(free)s MiB in %(folder)s; 500 MiB are wanted")
        % {"free": free // 1024**2, "folder": folder},
    )
