"""Numbers, files and settings that make no sense end in a sentence that says what would."""

import pytest
from django.core.management import CommandError, call_command
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from civicloop.config import cli
from civicloop.config.environment import read_environment
from civicloop.config.management.commands.migrate import Command as Migrate
from civicloop.config.unsafe import UnsafeEnvironmentError


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("words", "least"),
    [
        (["hot-issues", "--days", "-3"], "from 0 to 36500"),
        (["hot-issues", "--days", "999999"], "from 0 to 36500"),
        (["hot-issues", "--top", "-1"], "1 or more"),
        (["label-next", "--most", "-2"], "1 or more"),
        (["learn-pairs", "--use", "-1"], "0 or more"),
        (["evaluate", "--sample-city", "--appeals", "0"], "1 or more"),
        (["evaluate", "--level", "0"], "1 or more"),
        (["demo", "--appeals", "many"], "1 or more"),
        (["demo", "--seed", "-1"], "0 or more"),
        (["serve", "--workers", "0"], "1 or more"),
        (["serve", "--port", "99999"], "from 1 to 65535"),
        (["serve", "--port", "0"], "from 1 to 65535"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_before_the_work(words, least):
    with pytest.raises(CommandError, match=f"argument {words[-2]}: {words[-1]} is not .* {least}"):
        call_command(cli.COMMANDS[words[0]], *words[1:])


@pytest.mark.parametrize(
    "words",
    [
        ["alarms", "--backtest", "2024-01-01", "2024-02-30"],
        ["alarms", "--day", "today"],
        ["hot-issues", "--day", "1/2/2024"],
        ["demo", "--until", "2024"],
        ["indicators", "compute", "--until", "2024-13-01"],
    ],
)
def test_a_day_that_is_none_is_refused_before_the_work(words):
    with pytest.raises(CommandError, match=f"{words[-1]} is no day: write YYYY-MM-DD"):
        call_command(cli.COMMANDS[words[0]], *words[1:])


def test_an_older_database_is_the_operators_to_migrate(db):
    newest = MigrationRecorder(connection).migration_qs.filter(app="issues").last()
    newest.delete()

    with pytest.raises(SystemExit) as refused:
        cli._prepare_database()

    assert "1 migrations are to run" in str(refused.value)
    assert "civicloop migrate" in str(refused.value)


def test_a_database_of_this_version_is_left_alone(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        cli._prepare_database()


def test_migrate_is_djangos_own_with_words_for_a_citys_staff():
    help_text = Migrate().create_parser("civicloop", "migrate").format_help()

    assert issubclass(Migrate, DjangoMigrate)
    assert "civicloop migrate --plan" in help_text
    assert "--fake-initial" in help_text
    with translation.override("zh-hans"):
        assert (
            "Updates database schema" not in Migrate().create_parser("c", "migrate").format_help()
        )


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_commands_help_shows_how_it_is_called(name):
    shown = cli._command(name).create_parser("civicloop", name).format_help()

    assert f"\n  civicloop {name}" in shown


def test_the_overview_is_one_straight_column(capsys):
    cli._print_overview()

    _title, _gap, *lines = capsys.readouterr().out.splitlines()
    width = max(map(len, cli.COMMANDS))
    assert [line[: width + 3].split() for line in lines] == [[name] for name in cli.COMMANDS]


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("CIVICLOOP_HTTPS", "maybe", "1 (yes) or 0 (no)"),
        ("CIVICLOOP_DEBUG", "2", "1 (yes) or 0 (no)"),
        ("CIVICLOOP_LANGUAGE", "fr", "zh-hans or en"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_in_words(monkeypatch, name, value, cure):
    monkeypatch.setenv(name, value)

    with pytest.raises(UnsafeEnvironmentError) as refused:
        read_environment()

    assert f"{name} must be {cure}, not {value!r}" in str(refused.value)


@pytest.mark.parametrize(
    ("said", "meant"), [("on", True), ("YES", True), ("0", False), ("", False)]
)
def test_a_flag_is_set_by_any_usual_word(monkeypatch, said, meant):
    monkeypatch.setenv("CIVICLOOP_HTTPS", said)

    assert read_environment().is_https is meant
