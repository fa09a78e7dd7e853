"""The commands, with the files a city would give them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from tests.apps.air.files import days_file
from tests.apps.air.kept import keep
from tests.apps.indicators.stating import DATONG, NOW, SHANGHAI, define, state
from tests.factories import UnitFactory
from tests.guards import unguarded

from civicloop.apps.air.models import CityDay
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.lists import keep_roster
from civicloop.apps.indicators.models import Figure, GoalTree, Observation, RosterVersion
from civicloop.apps.places.models import Area, AreaLevel

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
HEADER = "INDICATOR,REF_AREA,MEMBER,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS,PAGE,CELL\n"
PIPES = f"heat_pipes,{DATONG},,2023-10,7200,米,P,3,B7\n"


@pytest.fixture(autouse=True)
def messages_in_english(settings):
    settings.LANGUAGE_CODE = "en"


def run(*words):
    out, err = StringIO(), StringIO()
    call_command(*map(str, words), stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def refused(*words):
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*map(str, words), stdout=StringIO(), stderr=err)
    return err.getvalue() + str(error.value)


def table(tmp_path, rows):
    file = tmp_path / "city.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    return file


def test_a_preview_writes_nothing_and_an_import_keeps_document_and_cell(tmp_path):
    define("works")
    file = table(tmp_path, PIPES)

    assert "1 new observations" in run("indicators", "import", file)
    assert not Observation.objects.exists()
    run("indicators", "import", file, "--write", "--publisher", "heating bureau")

    row = Observation.objects.get()
    assert (row.value, row.unit, row.vintage) == (Decimal("7.2"), "公里", "preliminary")
    assert (row.document.name, row.document.publisher, row.page, row.cell) == (
        "city.csv",
        "heating bureau",
        "3",
        "B7",
    )


@pytest.mark.parametrize(
    ("period", "value", "kept"),
    [("2023年10月", "７,200", Decimal("7.2")), ("2023-10-01", "NULL", None)],
)
def test_periods_and_numbers_are_read_as_offices_write_them(tmp_path, period, value, kept):
    define("works")
    rows = PIPES.replace("2023-10", period).replace("7200", f'"{value}"')

    run("indicators", "import", table(tmp_path, rows), "--write")

    [row] = Observation.objects.all()
    assert (row.period, row.value) == ("2023-10", kept)


def test_a_revision_is_shown_beside_what_is_known(tmp_path):
    define("works")
    run("indicators", "import", table(tmp_path, PIPES), "--write")

    told = run("indicators", "import", table(tmp_path, PIPES.replace("7200", "7900")), "--write")

    assert "7.200000 → 7.9" in told
    assert Observation.objects.count() == 2
    assert "1 known already" in run(
        "indicators", "import", table(tmp_path, PIPES.replace("7200", "7900"))
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "heat_pipes",
            "pipes",
            "column 指标, “pipes”: No indicator uses this series. Write one of: heat_pipes",
        ),
        (DATONG, "Atlantis", "column 地区, “Atlantis”: This is no area."),
        ("2023-10", "2023-13", "column 时期, “2023-13”: This is no period."),
        ("2023-10", "2093-10", "The period is not over yet."),
        ("7200", "seven", "column 数值, “seven”: This is no number."),
        ("7200", "72%", "column 数值, “72%”: This is no number."),
        ("7200", "", "This cell must be filled. Fill it in."),
        ("7200", "72000000000000", "too large"),
        ("7200", "0.0000001", "More than six decimals"),
        ("米", "万元", "The series is in 公里, and this unit cannot be turned into it."),
        (",P,", ",Q,", "This is no state of a value."),
        ("B7", "B" * 30, "The text is too long."),
        (PIPES, PIPES + PIPES, "row 3"),
    ],
)
def test_a_bad_row_is_named_with_its_cure_and_nothing_goes_in(tmp_path, old, new, words):
    define("works")

    told = refused("indicators", "import", table(tmp_path, PIPES.replace(old, new, 1)), "--write")

    assert "city.csv, row " in told
    assert words in told
    assert not Observation.objects.exists()


def test_a_jump_of_the_unit_must_be_confirmed(tmp_path):
    define("works")
    for month in ("2023-07", "2023-08", "2023-09"):
        state("heat_pipes", month, Decimal("7.0"), unit="公里")
    file = table(tmp_path, PIPES.replace("米", "公里"))  # 7200 km

    assert "About 1000 times" in refused("indicators", "import", file, "--write")
    run("indicators", "import", file, "--write", "--confirm-doubts")

    assert Observation.objects.filter(value=7200).exists()


def test_a_jump_of_the_unit_within_a_file_must_be_confirmed(tmp_path):
    define("works")
    rows = [f"heat_pipes,140200000000,2023-{month:02},7.{month},公里\n" for month in range(1, 10)]
    rows[4] = rows[4].replace("7.5", "7500")
    file = tmp_path / "city.csv"
    file.write_text(f"指标,地区,时期,数值,计量单位\n{''.join(rows)}", encoding="utf-8")

    told = refused("indicators", "import", file, "--write")
    assert "row 6, column 数值, “7500”: About 1000 times" in told
    assert told.count("times") == 1
    run("indicators", "import", file, "--write", "--confirm-doubts")

    assert Observation.objects.count() == 9


STATED = """
[city.{series}]
title = {{ zh = "数", en = "number" }}
unit = "{unit}"
kind = "{kind}"
direction = "none"
stated = "{series}"
periods = ["month"]
author = {{ zh = "甲", en = "A" }}
checker = {{ zh = "乙", en = "B" }}
source = "test"
next_review = 2027-06-30
"""


@pytest.mark.parametrize(
    ("kind", "unit", "number", "words"),
    [
        ("flow", "件", "-5", "Below 0, which cannot be."),
        ("count", "件", "5.5", "A count that is not whole."),
        ("rate", "%", "101", "Above 100, which cannot be."),
    ],
)
def test_a_number_that_cannot_be_must_be_confirmed(tmp_path, kind, unit, number, words):
    definitions, file = tmp_path / "city.toml", tmp_path / "city.csv"
    definitions.write_text(STATED.format(series="s", kind=kind, unit=unit), encoding="utf-8")
    run("indicators", "define", definitions)
    row = f"s,140200000000,2023-10,{number},{unit}"
    file.write_text(f"指标,地区,时期,数值,计量单位\n{row}\n", encoding="utf-8")

    assert words in refused("indicators", "import", file, "--write")
    run("indicators", "import", file, "--write", "--confirm-doubts")

    assert Observation.objects.get().value == Decimal(number)


def test_a_table_without_a_column_is_refused(tmp_path):
    file = tmp_path / "city.csv"
    file.write_text("INDICATOR,OBS_VALUE\na,1\n", encoding="utf-8")

    assert "“地区”" in refused("indicators", "import", file)


def test_definitions_of_the_city_are_put_over_the_shipped_ones(tmp_path):
    assert "new definitions" in run("indicators", "define")
    assert "0 new definitions" in run("indicators", "define")
    file = tmp_path / "city.toml"
    file.write_text(
        '[a.b]\nkind = "rate"\nunit = "%"\ntitle = { zh = "a", en = "a" }\n', encoding="utf-8"
    )

    told = refused("indicators", "define", file)

    assert told == "city.toml, line 1, a.b, direction: it is missing: add it"


def test_a_formula_that_uses_what_there_is_not_is_refused(tmp_path):
    file = tmp_path / "city.toml"
    file.write_text(
        '[a.b]\nkind = "index"\nunit = "1"\ntitle = { zh = "a", en = "a" }\ndirection = "up"\nformula = "x"\n'
        'uses = { x = "a.c" }\nperiods = ["month"]\nauthor = "a"\nchecker = "b"\nsource = "c"\nnext_review = 2027-01-01\n',
        encoding="utf-8",
    )

    assert "there is no indicator “a.c”" in refused("indicators", "define", file)


def test_figures_are_computed_published_and_verified(tmp_path):
    define("works")
    day = timezone.localdate()
    last_month = (day.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    state("heat_pipes", last_month, Decimal("7.2"), unit="公里", now=timezone.now())

    assert "new or changed" in run("indicators", "compute", "--months", 3)
    assert "all follow" in run("figures", "verify")

    with unguarded():
        Figure.objects.update(value=Decimal(9))
    told = refused("figures", "verify")
    assert "works.heat_pipes" in told
    assert "9 ≠ 7.2" in told


def test_days_and_periods_of_air_are_verified_too(tmp_path):
    keep(days_file(tmp_path, first=date(2026, 4, 28), last=date(2026, 5, 2)))

    told = run("figures", "verify")
    assert "10 days and" in told
    assert "all follow" in told

    with unguarded():
        CityDay.objects.filter(city__name="甲", day=date(2026, 5, 1)).update(aqi=1)
    told = refused("figures", "verify")
    assert "甲 2026-05-01: the stored figure is not what its inputs give (aqi): 1 ≠" in told
    assert "figures follow, but days or periods of air do not" in told


def test_figures_that_still_follow_from_a_changed_source_are_not_said_to_depart():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    state("heat_pipes", "2023-10", Decimal("1.5"), unit="公里", member="one of no list")
    run("indicators", "compute", "--as-of", "2023-11-13", "--months", 2)

    with unguarded():
        Observation.objects.exclude(member="").delete()

    told = refused("figures", "verify")
    assert "observations 2023-10" in told
    assert "though 1 of them can still be worked out from the files of facts" in told


def test_a_figure_is_shown_with_the_way_back_to_its_cell():
    define("works", "projects")
    for series, value, unit in (
        ("projects_planned", 400, "件"),
        ("projects_done", 76, "件"),
        ("heat_pipes", 7, "公里"),
    ):
        state(series, "2023-10", Decimal(value), unit=unit)
    run("indicators", "compute", "--as-of", "2023-11-13", "--months", 2)

    assert (
        "projects.done_share 140200000000 2023-10  Livelihood projects done of those planned: 19.0 %"
        in run("figures", "board", "--area", DATONG)
    )
    assert "done = projects.done" in run("figures", "show", "projects.done_share", "--area", DATONG)
    told = run("figures", "show", "works.heat_pipes", "--area", DATONG, "--period", "2023-10")
    assert "7.000000 公里 · bulletin.xlsx · B7" in told
    assert "definition works.heat_pipes, version 1" in told
    assert "no such figure" in refused("figures", "show", "works.cold")


def test_the_board_of_a_county_is_its_own_and_that_of_the_city_the_whole():
    county = "140212000000"
    city = Area.objects.create(code=DATONG, name="大城", level=AreaLevel.CITY)
    Area.objects.create(code=county, name="小县", level=AreaLevel.COUNTY, parent=city)
    define("economy")
    keep_roster(code="key_chains", members=["甲厂", "乙厂"], valid_from=date(2022, 1, 1), source="s", actor=None, now=NOW)  # fmt: skip
    for area, member, value in ((DATONG, "甲厂", 8), (county, "乙厂", 9)):
        state("firm_revenue", "2023-10", Decimal(value), member=member, area=area)
    run("indicators", "compute", "--as-of", "2023-11-13", "--months", 1)

    assert f"economy.chain_revenue {county} 2023-10  " in run("figures", "board", "--area", county)
    assert "economy.chain_revenue  2023-10  " in run("figures", "board")
    assert run("figures", "board") == run("figures", "board", "--area", DATONG)
    assert "No figure of this area" in refused("figures", "board", "--area", "140213000000")


def test_what_a_figure_follows_is_told_in_words():
    define("economy", "digital")
    state("town_output", "2023-01/P9M", Decimal("14.46"), unit="亿元", basis="current")
    for series, count in (("standard_racks", 16), ("high_density_racks", 4)):
        state(series, "2023-10", Decimal(count), unit="万架")
    compute_figures(now=NOW, actor=None, months=3)

    told = run("figures", "show", "economy.town_output", "--area", DATONG)
    formula = run("figures", "show", "digital.kw_per_rack", "--area", DATONG)

    assert "basis: current prices" in told
    assert "basis: 2.5 kW a standard rack" in formula


def test_without_definitions_there_is_nothing_to_compute():
    assert "civicloop indicators define" in refused("indicators", "compute")


def test_a_list_gets_versions(tmp_path):
    file = tmp_path / "firms.txt"
    file.write_text("b\na\n\na\n", encoding="utf-8")

    run("indicators", "roster", file, "--code", "key_chains", "--from", "2023-01-01")

    assert RosterVersion.objects.get().members == ["a", "b"]
    assert "must begin later" in refused(
        "indicators", "roster", file, "--code", "key_chains", "--from", "2022-01-01"
    )
    file.write_text("\n", encoding="utf-8")
    assert "no members" in refused(
        "indicators", "roster", file, "--code", "x", "--from", "2022-01-01"
    )
    assert "--code" in refused("indicators", "roster", file)


GOALS = """
code = "15886"
title = "工作体系"
valid_from = 2023-01-01
source = "city plan"
[[goals]]
code = "1"
title = "民生"
owner = "U1"
deadline = 2023-12-31
measures = [{ indicator = "works.heat_pipes", area = "140200000000", green = 7, amber = 5 }]
[[goals.goals]]
code = "1.1"
title = "供热"
"""


def test_a_tree_of_goals_gets_versions_and_sets_targets(tmp_path):
    UnitFactory(code="U1")
    define("works")
    file = tmp_path / "15886.toml"
    file.write_text(GOALS, encoding="utf-8")

    assert "2 goals" in run("indicators", "goals", file)
    run("indicators", "goals", file)
    state(
        "heat_pipes",
        "2023-10",
        Decimal("7.2"),
        unit="公里",
        now=datetime(2023, 11, 2, tzinfo=SHANGHAI),
    )
    run("indicators", "compute", "--as-of", "2023-11-13", "--months", 2)

    assert GoalTree.objects.count() == 2
    assert Figure.objects.get(code="works.heat_pipes").light == "green"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("U1", "U9", "no unit has the code U9"),
        ("works.heat_pipes", "works.cold", "there is no indicator works.cold"),
        ('code = "1.1"', 'code = "1"', "“1” is none of its values"),
        ("green = 7, ", "", "green: it is missing"),
        ("deadline = 2023-12-31", 'deadline = "soon"', "“soon” is none of its values"),
        ("[[goals.goals]]", "[[goals.goals.goals]]", "none of its values"),
        ("valid_from = 2023-01-01", "", "valid_from"),
    ],
)
def test_a_wrong_tree_is_refused_whole(tmp_path, old, new, words):
    UnitFactory(code="U1")
    define("works")
    file = tmp_path / "15886.toml"
    file.write_text(GOALS.replace(old, new), encoding="utf-8")

    assert words in refused("indicators", "goals", file)
    assert not GoalTree.objects.exists() or "no unit" not in words


def test_one_file_at_a_time_is_read():
    assert "Name one file" in refused("indicators", "import")
