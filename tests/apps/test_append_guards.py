"""What was observed or published is never changed, whoever asks the database."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from tests.apps.air.kept import keep_some_air
from tests.apps.indicators.stating import NOW, define, state
from tests.guards import lift_guards, unguarded

from civicloop.apps.append_guards import append_only_tables, unguarded_tables
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.models import DefinitionVersion, Figure, FigureRun, Observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    define("works")
    state("heat_pipes", "2023-10", 7, unit="公里")
    compute_figures(now=NOW, actor=None, months=1)


def refused(statement):
    with (
        pytest.raises(IntegrityError, match="append only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_rows_that_were_observed_or_published_are_neither_changed_nor_removed(published):
    for model in (Observation, DefinitionVersion, FigureRun, Figure):
        table, count = model._meta.db_table, model.objects.count()
        refused(f"UPDATE {table} SET id = id")
        refused(f"DELETE FROM {table}")
        assert model.objects.count() == count > 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.update(value=9)


def test_days_and_periods_of_air_are_neither_changed_nor_removed():
    keep_some_air()

    refused("UPDATE air_cityday SET aqi = 1")
    refused("UPDATE air_cityperiod SET good_rate = 100")
    for table in ("air_cityday", "air_cityperiod", "air_airsource"):
        refused(f"DELETE FROM {table}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a statement of PostgreSQL")
def test_tables_are_not_emptied_whole():
    refused("TRUNCATE indicators_figure CASCADE")


def test_every_table_that_is_written_once_is_guarded():
    tables = append_only_tables()

    assert {"indicators_observation", "indicators_figure", "air_cityday"} <= set(tables)
    assert unguarded_tables(connection) == []


def test_a_table_made_anew_is_guarded_by_the_next_migrate(capsys):
    lift_guards()
    assert unguarded_tables(connection) == append_only_tables()

    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "indicators_figure" in capsys.readouterr().out

    call_command("migrate", verbosity=0)
    assert unguarded_tables(connection) == []


def test_who_has_the_database_can_lift_the_guard_and_is_found_by_verifying(published):
    with unguarded():
        Figure.objects.update(value=9)

    refused("DELETE FROM indicators_figure")
