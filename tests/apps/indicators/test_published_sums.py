"""Totals that a bulletin prints beside their parts, from the file to the figure."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests.apps.indicators.stating import DATONG, NOW, figure, state

from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.definitions import definition_in
from civicloop.apps.indicators.models import DefinitionVersion, Figure, Observation
from civicloop.apps.indicators.queries.history import history
from civicloop.apps.indicators.wording import word_doubt
from civicloop.engines.indicators.periods import PeriodKind

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OCTOBER = "2023-10"
DEFINITION = """
[bulletin.{name}]
title = {{ zh = "数", en = "number" }}
unit = "{unit}"
kind = "count"
direction = "none"
{calculation}
periods = ["month"]
author = {{ zh = "甲", en = "A" }}
checker = {{ zh = "乙", en = "B" }}
source = "test"
next_review = 2027-06-30
"""


@pytest.fixture(autouse=True)
def messages_in_english(settings):
    settings.LANGUAGE_CODE = "en"


def run(*words):
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=out)
    return out.getvalue()


def refused(*words):
    told = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*map(str, words), stdout=told, stderr=told)
    return f"{told.getvalue()}{error.value}"


def definition(name, calculation="", unit="件"):
    return DEFINITION.format(name=name, unit=unit, calculation=calculation or f'stated = "{name}"')


@pytest.fixture
def bulletin(tmp_path):
    """A city states all appeals and, of them, those answered at once and those dispatched."""
    file = tmp_path / "bulletin.toml"
    split = 'stated = "all"\nparts = [["bulletin.answered", "bulletin.dispatched"]]'
    words = [definition("all", split), definition("answered"), definition("dispatched")]
    file.write_text("".join(words), encoding="utf-8")
    run("indicators", "define", file)
    return tmp_path / "bulletin.csv"


def write(file, **numbers):
    rows = [f"{name},{DATONG},{OCTOBER},{number},件\n" for name, number in numbers.items()]
    file.write_text(f"指标,地区,时期,数值,计量单位\n{''.join(rows)}", encoding="utf-8")
    return file


def test_what_adds_up_goes_in_without_a_question(bulletin):
    file = write(bulletin, all=38_447, answered=20_334, dispatched=18_113)

    run("indicators", "import", file, "--write")

    assert Observation.objects.count() == 3


def test_a_total_that_is_not_the_sum_of_its_parts_must_be_confirmed(bulletin):
    file = write(bulletin, answered=20_334, all=284_406, dispatched=18_113)

    told = refused("indicators", "import", file, "--write")
    assert "row 3, column 数值, “284406”: A total is not the sum of its parts" in told
    assert "answered + dispatched = 38447 ≠ 284406 = all" in told
    assert not Observation.objects.exists()
    run("indicators", "import", file, "--write", "--confirm-doubts")

    assert Observation.objects.count() == 3


def test_a_part_that_comes_later_is_held_against_the_total_that_is_known(bulletin):
    run("indicators", "import", write(bulletin, all=38_447, answered=20_334), "--write")

    wrong = refused("indicators", "import", write(bulletin, dispatched=18_131), "--write")
    assert "row 2" in wrong
    assert "answered + dispatched = 38465 ≠ 38447 = all" in wrong
    run("indicators", "import", write(bulletin, dispatched=18_113), "--write")

    assert Observation.objects.count() == 3


def test_a_doubtful_row_is_told_of_its_sum_too(bulletin):
    for month in ("2023-07", "2023-08", "2023-09"):
        state("answered", month, Decimal(20_000), unit="件")
    file = write(bulletin, all=38_447, answered=20_334_000, dispatched=18_113)

    told = refused("indicators", "import", file, "--write")

    assert "About 1000 times" in told
    assert "answered + dispatched = 20352113 ≠ 38447 = all" in told


def test_a_file_with_a_bad_row_is_told_of_that_alone(bulletin):
    file = write(bulletin, all=38_447, answered="many", dispatched=18_113)

    told = refused("indicators", "import", file, "--write")

    assert "This is no number." in told
    assert "sum of its parts" not in told


def test_the_figure_says_that_its_parts_do_not_add_up_until_they_do(bulletin):
    state("all", OCTOBER, Decimal(38_447), unit="件")
    state("answered", OCTOBER, Decimal(20_334), unit="件")
    compute_figures(now=NOW, actor=None, months=1)
    assert figure("bulletin.all", OCTOBER).doubts == []

    state("dispatched", OCTOBER, Decimal(18_131), unit="件", now=NOW + timedelta(hours=1))
    compute_figures(now=NOW + timedelta(hours=1), actor=None, months=1)
    [doubt] = figure("bulletin.all", OCTOBER).doubts
    assert word_doubt(doubt) == (
        "its parts add up to 38465: bulletin.answered, bulletin.dispatched"
    )
    count = Figure.objects.count()
    again = compute_figures(now=NOW + timedelta(hours=2), actor=None, months=1)
    assert (again.kept_count, Figure.objects.count()) == (0, count)

    state("dispatched", OCTOBER, Decimal(18_113), unit="件", now=NOW + timedelta(hours=3))
    compute_figures(now=NOW + timedelta(hours=3), actor=None, months=1)
    assert figure("bulletin.all", OCTOBER).doubts == []
    version = DefinitionVersion.objects.get(code="bulletin.all")
    told = history(definition_in(version), area=DATONG, kind=PeriodKind.MONTH)
    assert told.revisions == {}  # the total itself never changed
    run("figures", "verify")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("bulletin.nowhere", "bulletin.all, parts: there is no indicator “bulletin.nowhere”"),
        ("bulletin.all", "in a circle: bulletin.all → bulletin.all"),
        ("bulletin.ten_thousands", "does not go with bulletin.ten_thousands.unit"),
    ],
)
def test_parts_that_cannot_be_added_up_are_refused_with_their_file(tmp_path, part, words):
    file = tmp_path / "bulletin.toml"
    whole = definition("all", f'stated = "all"\nparts = [["{part}"]]')
    file.write_text(whole + definition("ten_thousands", unit="万件"), encoding="utf-8")

    told = refused("indicators", "define", file)

    assert "bulletin.toml" in told
    assert words in told


DATONG_2022 = """
[year.{name}]
title = {{ zh = "数", en = "number" }}
unit = "%"
kind = "rate"
direction = "up"
formula = "100 * done / planned"
uses = {{ done = "bulletin.{done}", planned = "bulletin.{planned}" }}
periods = ["month"]
most = 10000
author = {{ zh = "甲", en = "A" }}
checker = {{ zh = "乙", en = "B" }}
source = "test"
next_review = 2027-06-30
"""


@pytest.mark.parametrize(
    ("done", "planned", "share"),
    [
        (16, 1_330, "1.2"),  # suggestions that were screened
        (14, 16, "87.5"),  # that the government's meeting kept
        (12, 14, "85.7"),  # that became candidates
        (10, 12, "83.3"),  # that were voted
        (5_258, 5_000, "105.2"),  # jobs
        (30, 20, "150.0"),  # kindergartens
        (13, 5, "260.0"),  # hospitals that settle chronic diseases
    ],
)
def test_the_projects_of_datong_go_from_suggestions_to_more_than_was_promised(
    tmp_path, done, planned, share
):
    file = tmp_path / "year.toml"
    words = [
        definition("done"),
        definition("planned"),
        DATONG_2022.format(name="share", done="done", planned="planned"),
    ]
    file.write_text("".join(words), encoding="utf-8")
    run("indicators", "define", file)
    state("done", OCTOBER, Decimal(done), unit="件")
    state("planned", OCTOBER, Decimal(planned), unit="件")

    compute_figures(now=NOW, actor=None, months=1)

    worked = figure("year.share", OCTOBER)
    assert (worked.value, worked.doubts) == (Decimal(share), [])
