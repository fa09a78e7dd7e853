"""A migration and the note that it is done are kept together, or neither is."""

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangosCommand
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from civicloop.config.management.commands.migrate import Command

pytestmark = pytest.mark.one_database
LAST = ("accounts", "0001_initial")


class KilledError(Exception):
    """As a SIGKILL leaves it, but that this process goes on."""


@pytest.fixture
def _killed_before_it_is_noted(monkeypatch):
    note = MigrationRecorder.record_applied

    def note_all_but_the_last(recorder, app, name):
        if (app, name) == LAST:
            raise KilledError
        note(recorder, app, name)

    monkeypatch.setattr(MigrationRecorder, "record_applied", note_all_but_the_last)


def tables_left(new):
    with pytest.raises(KilledError):
        call_command(Command(), *LAST, database="new", verbosity=0)
    return [name for name in new.introspection.table_names() if name.startswith("accounts_")]


@pytest.mark.usefixtures("_killed_before_it_is_noted")
def test_what_is_not_noted_is_not_there(new):
    assert tables_left(new) == []


@pytest.mark.usefixtures("_killed_before_it_is_noted")
def test_djangos_own_order_leaves_tables_that_nobody_knows_of(new, monkeypatch):
    monkeypatch.setattr(f"{DjangosCommand.__module__}.MigrationExecutor", MigrationExecutor)

    assert tables_left(new) != []


def test_what_is_noted_is_there(new):
    call_command(Command(), *LAST, database="new", verbosity=0)

    assert LAST in MigrationRecorder(new).applied_migrations()
    assert "accounts_user" in new.introspection.table_names()
