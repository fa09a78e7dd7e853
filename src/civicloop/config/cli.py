"""The one console command: Django's commands under the names a city's staff would use."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from secrets import token_urlsafe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "work": "work",
    "migrate": "migrate",
    "load": "load_reference",
    "calendar": "work_calendar",
    "import": "import_appeals",
    "forget-files": "forget_files",
    "mask": "mask_appeals",
    "watermark": "watermark",
    "read": "read_appeals",
    "train": "train_topics",
    "classify": "classify_appeals",
    "label-next": "label_next",
    "events": "find_events",
    "learn-pairs": "learn_pairs",
    "classes": "find_classes",
    "hot-issues": "rank_hot_issues",
    "alarms": "raise_alarms",
    "check-replies": "check_replies",
    "compare-meanings": "compare_meanings",
    "import-articles": "import_articles",
    "export-articles": "export_articles",
    "directory": "manage_directory",
    "import-handled": "import_handled",
    "train-units": "train_units",
    "route": "route_orders",
    "evaluate": "evaluate",
    "audit": "audit",
    "retention": "retention",
    "vault": "vault",
    "backup": "backup",
    "restore": "restore",
    "export": "export_tables",
    "anonymise": "anonymise",
    "air": "air",
    "indicators": "indicators",
    "figures": "figures",
    "doctor": "doctor",
    "api-keys": "manage_api_keys",
    "create-user": "create_user",
}

NEEDS_TABLES = {
    "work",
    "load",
    "calendar",
    "import",
    "forget-files",
    "mask",
    "watermark",
    "read",
    "train",
    "classify",
    "label-next",
    "events",
    "learn-pairs",
    "classes",
    "hot-issues",
    "alarms",
    "check-replies",
    "compare-meanings",
    "import-articles",
    "export-articles",
    "directory",
    "import-handled",
    "train-units",
    "route",
    "evaluate",
    "audit",
    "retention",
    "vault",
    "backup",
    "export",
    "anonymise",
    "indicators",
    "figures",
    "api-keys",
    "create-user",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `civicloop COMMAND …`; what the machine refuses ends in a sentence, not a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if "--traceback" in words:
        _run(words)
        return
    from django.db import DatabaseError, OperationalError

    from civicloop.config.databases import UnknownDatabaseError
    from civicloop.config.unsafe import UnsafeEnvironmentError

    try:
        _run(words)
    except (OperationalError, UnknownDatabaseError, UnsafeEnvironmentError, OSError) as error:
        sys.exit(f"civicloop: {str(error).strip()}    (--traceback tells more)")
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # those are of the program; this is of the file
            raise
        sys.exit(f"civicloop: {_word_broken_database(error)}    (--traceback tells more)")
    except EOFError:
        sys.exit("civicloop: this command asks a question and needs a terminal")


def _word_broken_database(error: Exception) -> str:
    from django.utils.translation import gettext as _

    words = _("The database is broken (%(reason)s). Bring a backup back: civicloop restore")
    return words % {"reason": str(error).strip()}


def _say_unless_said(name: str, value: str) -> None:
    if not os.environ.get(f"{name}_FILE"):
        os.environ.setdefault(name, value)


def _run(words: list[str]) -> None:
    """Any other Django command works under its own name too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")
    name = words[0] if words else "help"
    if name == "--version":
        print(f"civicloop {version('civicloop')}")  # noqa: T201
        return
    if _only_explains(words):
        _say_unless_said("CIVICLOOP_SECRET_KEY", token_urlsafe(50))  # kept nowhere
        _say_unless_said("DATABASE_URL", "sqlite://:memory:")
    if name == "demo":
        os.environ.setdefault("CIVICLOOP_DEMO", "1")
        os.environ.setdefault("CIVICLOOP_DATA", "var/demo")  # never beside a city's own data
    import django
    from django.core.management import execute_from_command_line

    if name in COMMANDS:
        django.setup()
        if name in NEEDS_TABLES and not _only_explains(words):
            _prepare_database()
        _command(name).run_from_argv(["civicloop", *words])
    elif name in {"help", "-h", "--help"} and len(words) < 2:
        django.setup()
        _print_overview()
    else:
        execute_from_command_line(["civicloop", *words])


def _only_explains(words: list[str]) -> bool:
    """Whether the command only shows help: then it leaves nothing behind."""
    return not words or words[0] == "help" or not {"-h", "--help"}.isdisjoint(words)


def _prepare_database() -> None:
    """Make the tables of a database that has none; an older one is the operator's to migrate."""
    from django.core.management import call_command
    from django.db import OperationalError, connection
    from django.utils.translation import gettext as _

    from civicloop.apps.vault.databases import pending_migrations

    try:
        is_new = not connection.introspection.table_names()
    except OperationalError as error:
        sys.exit(f"civicloop: the database cannot be opened: {str(error).strip()}")
    if is_new:
        print("civicloop: new database, making its tables …", file=sys.stderr)  # noqa: T201
        call_command("migrate", verbosity=0)
        return
    pending = pending_migrations()
    if pending:
        words = _(
            "The database is older than the program: %(count)s migrations are to run. "
            "Back it up, then run: civicloop migrate"
        )
        sys.exit(f"civicloop: {words % {'count': pending}}")


def _command(name: str) -> "BaseCommand":
    from django.core.management import get_commands, load_command_class

    return load_command_class(get_commands()[COMMANDS[name]], COMMANDS[name])


def _print_overview() -> None:
    print("civicloop COMMAND [options]      (civicloop COMMAND --help tells more)\n")  # noqa: T201
    width = max(map(len, COMMANDS))
    for name in COMMANDS:
        summary = _command(name).create_parser("civicloop", name).description or ""
        print(f"  {name:{width}} {summary.splitlines()[0]}")  # noqa: T201
