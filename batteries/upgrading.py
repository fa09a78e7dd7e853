"""SIGKILL of an upgrade at a random moment, then begun again until the tables are new.

An installation of an older version, with appeals, orders and drafts, is brought up to this one. Wherever it was
killed, its tables must be those that some version had: what is noted as done is done, and nothing more. Begun
again it must come to the same tables as without a kill, with all that was kept, and open what it has sealed.
In the control each statement is committed by itself: left between two versions.
"""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.utils import timezone

from batteries.ledger import Ledger
from batteries.places import server_here
from batteries.sending import start
from civicloop.apps.dispatch.models import StepDraft, WorkOrder
from civicloop.apps.intake.models import Appeal

KEPT = 400  # appeals, each with its order
DRAFT_OF_EVERY = 8
OLD = [("intake", "0018_sealed_words"), ("dispatch", "0012_open_ids")]  # and what needs them
SHAPES = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY 1, 2",
    "postgresql": """
        SELECT table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3""",
}
Done = frozenset[tuple[str, str]]  # the migrations that are noted as done
Shape = list[tuple[str, ...]]  # of all tables


@dataclass(slots=True)
class Upgraded:
    """What the kills left."""

    steps: int = 0  # migrations
    kills: int = 0
    between: int = 0  # neither old nor new
    unfinished: list[str] = field(default_factory=list)  # begun again, it came to no good end
    lost: int = 0

    @property
    def is_met(self) -> bool:
        return bool(self.kills) and not (self.between or self.unfinished or self.lost)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills of an upgrade by {self.steps} migrations: {self.between} left between two versions, "
            f"{len(self.unfinished)} not upgraded when begun again, {self.lost:,} records lost "
            f"{'; '.join(self.unfinished[:1])}"
        ).strip()


def run(size: int, *, is_control: bool) -> Upgraded:
    """So many kills, each of an upgrade that begins at the old tables."""
    dice, found = random.Random(size), Upgraded()
    _go_back()
    with _kept_aside() as begin_anew:
        versions, seconds = _versions()
        newest = max(versions, key=len)
        found.steps = len(versions) - 1
        if is_control:
            Migration.atomic = False  # the fault that must be found
        while found.kills < size:
            begin_anew()
            if _kill_after(dice.uniform(0, seconds)):
                found.kills += 1
                _judge(found, versions, newest)
    return found


def _go_back() -> None:
    """The tables of an older version, with what an installation of it held."""
    MigrationExecutor(connection).migrate(OLD)
    state = MigrationExecutor(connection)._create_project_state(with_applied_migrations=True)  # noqa: SLF001
    get, now = state.apps.get_model, timezone.now()
    channel = get("intake", "Channel").objects.create(code="web", name="网站", name_en="web")
    user = get("accounts", "User").objects.create(username="clerk")
    for number in range(KEPT):
        appeal = get("intake", "Appeal").objects.create(
            source="old",
            source_key=str(number),
            channel=channel,
            kind="report" if number % 2 else "complaint",
            text=f"路灯不亮 {number}",
            received_at=now,
        )
        order = get("dispatch", "WorkOrder").objects.create(appeal=appeal, opened_at=now)
        if number % DRAFT_OF_EVERY == 0:
            get("dispatch", "StepDraft").objects.create(
                order=order, user=user, step="close", answers={"note": str(number)}, saved_at=now
            )


@contextmanager
def _kept_aside() -> Iterator[Callable[[], None]]:
    """What stands now; gives what brings it back."""
    name = str(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    if connection.vendor == "sqlite":
        aside = Path(name).with_suffix(".old")
        _copy_file(Path(name), aside)
        yield lambda: _copy_file(aside, Path(name))
        return
    _on_server(f'CREATE DATABASE "{name}_old" TEMPLATE "{name}"')
    yield lambda: _on_server(
        f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{name}_old"'
    )


def _copy_file(at: Path, to: Path) -> None:
    connections.close_all()  # the last one brings the log into the file
    for side in ("-wal", "-shm"):
        to.with_name(to.name + side).unlink(missing_ok=True)
    shutil.copyfile(at, to)


def _on_server(*statements: str) -> None:
    import psycopg

    connections.close_all()
    with psycopg.connect(server_here().url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def _versions() -> tuple[dict[Done, Shape], float]:
    """The tables after each migration of an upgrade that nobody kills, and its seconds."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor._create_project_state(with_applied_migrations=True)  # noqa: SLF001
    began, versions = time.monotonic(), dict([_version()])
    for migration, _ in plan:
        state = executor.apply_migration(state, migration)
        done, shape = _version()
        versions[done] = shape
    return versions, time.monotonic() - began


def _version() -> tuple[Done, Shape]:
    done = frozenset(MigrationExecutor(connection).loader.applied_migrations)
    with connection.cursor() as cursor:
        cursor.execute(SHAPES[connection.vendor])
        return done, cursor.fetchall()


def _kill_after(seconds: float) -> bool:
    """Whether it was killed while it was at work."""
    crew = start([lambda _say: call_command("migrate", verbosity=0)], Ledger())
    time.sleep(seconds)
    is_at_work = crew.are_alive()
    crew.kill()
    crew.end()
    return is_at_work


def _judge(found: Upgraded, versions: dict[Done, Shape], newest: Done) -> None:
    _wait_alone()
    done, shape = _version()
    found.between += versions.get(done) != shape
    try:
        call_command("migrate", verbosity=0)
    except (Error, ValueError) as error:
        found.unfinished.append(f"{type(error).__name__}: {error}".splitlines()[0])
        return
    if _version() != (newest, versions[newest]):
        found.unfinished.append("other tables")
    opened = [draft.answers.get("note") for draft in StepDraft.objects.order_by("order__pk")]
    found.lost += abs(KEPT - Appeal.objects.filter(text__startswith="路灯不亮").count())
    found.lost += abs(KEPT - WorkOrder.objects.count())
    found.lost += opened != [str(number) for number in range(0, KEPT, DRAFT_OF_EVERY)]


def _wait_alone() -> None:
    """Until PostgreSQL has noticed that the one who was killed is gone."""
    while connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            [others] = cursor.fetchone()
        if not others:
            return
        time.sleep(0.05)
