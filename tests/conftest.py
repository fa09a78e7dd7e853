"""What every test can count on."""

import gc
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.management import sql
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests import made_tables
from tests.as_made import bring_back_as_made, keep_as_made
from tests.found import missing_for_spark

# Of all files these take longest; begun last, one of them would keep a single core busy at the end.
LONGEST = (
    "browser/test_every_page.py",
    "apps/jobs/test_killed_workers.py",
    "apps/intake/test_exactly_once.py",
    "browser/test_day.py",
    "apps/dispatch/test_routing_commands.py",
    "batteries/test_few_rounds.py",
    "config/test_cli.py",
    "apps/issues/test_find_events_on_spark.py",
    "config/test_demo.py",
    "config/test_demo_loop.py",
    "config/test_vault_apart.py",
    "config/test_backups.py",
    "apps/intake/test_updates.py",
    "apps/issues/test_commands.py",
)
EMPTYING_THE_INDEX = {"sqlite": "INSERT INTO intake_search (intake_search) VALUES ('delete-all')"}
TESTS = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")

# The same examples at every run, so that a red one is red again; `new` looks for others.
hypothesis_settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("new", deadline=None)
hypothesis_settings.load_profile("same")


# What 5,700 tests are made of stays to the end: looking through it again and again for what could
# be freed took a tenth of the time.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)  # after the files are shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place_of = {(TESTS / name).resolve(strict=True): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place_of.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with the tables that were made for all, instead of making them again."""
    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        made_tables.copy_sqlite_file(Path(test["NAME"]))
    else:
        test["TEMPLATE"] = os.environ.get(made_tables.POSTGRESQL_TEMPLATE)


@pytest.fixture(scope="session", autouse=True)
def passwords_cost_nothing() -> Iterator[None]:
    """The hash of a password is slow on purpose: half a second of a processor for each."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def as_made_between_tests_that_commit() -> Iterator[None]:
    """What else Django does between them takes half a second of a processor; see `as_made`."""
    empty, tell = BaseDatabaseOperations.execute_sql_flush, sql.emit_post_migrate_signal

    def bring_back(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        if operations.connection.alias == connection.alias:
            bring_back_as_made(operations.connection)
        else:
            empty(operations, statements)

    def tell_of_others(verbosity: int, interactive: bool, db: str) -> None:
        if db != connection.alias:
            tell(verbosity, interactive, db)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", bring_back)
        patch.setattr(flush, "emit_post_migrate_signal", tell_of_others)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        keep_as_made()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    return connection.vendor == "sqlite"  # the copy is the database


@pytest.fixture
def now() -> datetime:
    return datetime(2023, 11, 14, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def files_of_this_test_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path / "files")
    monkeypatch.setattr(django_settings, "CONTACT_KEY_FILE", tmp_path / "contact_key")
    monkeypatch.setattr(django_settings, "AUDIT_KEY_FILE", tmp_path / "audit_key")
    monkeypatch.setattr(django_settings, "CONTENT_KEY_FILE", tmp_path / "content_key")


@pytest.fixture(autouse=True)
def no_second_factor_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests log in by one line; those about the second factor ask for it."""
    monkeypatch.setattr(django_settings, "SECOND_FACTOR", "offered")


@pytest.fixture(autouse=True)
def nothing_kept_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's tables are rolled back and their numbers used again; what a process keeps is not.

    Nor is the language of the last page that was asked for. The lists at hand are kept as long as the test: read anew in its middle, they add statements to those counted.
    """
    from civicloop.apps.clocks import calendars
    from civicloop.apps.dispatch import at_hand, directory_facts, place_keys, unit_models
    from civicloop.apps.issues.actions import find_events, readings, topics
    from civicloop.apps.knowledge.index import KEPT

    for kept in (
        calendars.calendar_of,
        find_events.background_of,
        readings._loaded,
        topics._loaded,
        directory_facts._rule_book,
        unit_models._loaded,
        at_hand.lists_of_slot,
        place_keys.areas_of_slot,
    ):
        kept.cache_clear()
    KEPT.forget()
    translation.deactivate()
    monkeypatch.setattr(at_hand, "KEPT_FOR", timedelta(days=40_000))
    monkeypatch.setattr(place_keys, "KEPT_SECONDS", 40_000 * 86_400)


@pytest.fixture(autouse=True)
def empty_search_index(request: pytest.FixtureRequest) -> None:
    """No model's table: what an import in the background committed to it outlives the flush of its test."""
    marked = request.node.get_closest_marker("django_db")
    if not marked and not {"db", "transactional_db"} & {*request.fixturenames}:
        return
    request.getfixturevalue("_django_db_helper")
    with connection.cursor() as cursor:
        cursor.execute(EMPTYING_THE_INDEX.get(connection.vendor, "DELETE FROM intake_search"))


# For a JVM that lives for a few seconds: most of its time went into compiling what then ran once.
QUICK_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"


@pytest.fixture
def spark_here() -> Iterator[None]:
    """Spark on this machine alone; skipped, and said so at the end of `make test`, without one."""
    if missing_for_spark():
        pytest.skip(f"no Spark on this machine: {missing_for_spark()}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setenv("JDK_JAVA_OPTIONS", QUICK_JVM)
        yield
    gc.collect()  # the sockets that PySpark leaves open warn now, not in another test


@pytest.fixture
def no_calendar(db: None) -> None:
    """As in an installation that has counted no time yet."""
    from civicloop.apps.clocks.models import CalendarDay, CalendarVersion, CalendarYear

    for model in (CalendarDay, CalendarYear, CalendarVersion):
        model.objects.all().delete()
