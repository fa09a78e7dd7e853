"""What the pages show must not give away what they hide."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import define, figure, state
from tests.web.indicators.conftest import CITY, text_of
from tests.web.indicators.test_indicator import rows_of

from civicloop.apps.accounts.models import Role
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree, keep_roster
from civicloop.apps.indicators.definitions import definitions_of
from civicloop.connectors.indicators.goal_files import read_goal_tree

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
DISPUTES, SHARE = "mediation.disputes", "mediation.disputes_per_committee"


@pytest.fixture
def supervisor(log_in):
    return log_in(Role.SUPERVISOR)


@pytest.fixture
def disputes(places, today):
    """Three disputes in October 2022, forty a year later, four in September; two committees."""
    define("mediation", now=today)
    for month, count in (("2022-10", 3), ("2023-09", 4), ("2023-10", 40)):
        state("disputes_mediated", month, Decimal(count), unit="件", now=today)
        state("mediation_committees", month, Decimal(2), unit="个", now=today)
    compute_figures(now=today, actor=None, months=14)


def test_a_formula_does_not_tell_what_its_parts_hide(guest, supervisor, disputes, today):
    page = f"/indicators/{SHARE}/?kind=month"
    assert "it would give away a figure that is not shown" in text_of(guest, page)
    few, many = figure(SHARE, "2023-09", CITY), figure(SHARE, "2023-10", CITY)

    hidden = text_of(guest, f"/indicators/figures/{few.pk}/")

    assert "it would give away" in hidden
    assert "Worked out" not in hidden
    assert "Calculated from" not in hidden
    assert "it would give away" not in text_of(guest, f"/indicators/figures/{many.pk}/")
    assert "it would give away" not in text_of(supervisor, f"/indicators/figures/{few.pk}/")
    board = text_of(guest, "/indicators/?month=2023-09")
    assert board.count("not shown: it would give away") == 1
    assert "not shown" not in text_of(supervisor, "/indicators/?month=2023-09")
    [row] = [row for row in rows_of(guest, f"{page.replace('/?', '.csv?')}") if row[0] == "2023-09"]
    assert (row[2], row[3]) == ("", "not shown: too few")


def test_a_change_does_not_tell_what_was_hidden_a_year_before(guest, supervisor, disputes):
    page = f"/indicators/{DISPUTES}/?kind=month"
    grown = "up by 1233.3 %"  # (40 - 3) / 3: three could be worked out
    assert grown in text_of(supervisor, page)
    october = figure(DISPUTES, "2023-10", CITY)

    for address in (page, f"/indicators/figures/{october.pk}/", "/indicators/?month=2023-10"):
        text = text_of(guest, address)
        assert "40" in text
        assert grown not in text
    [row] = [row for row in rows_of(guest, page.replace("/?", ".csv?")) if row[0] == "2023-10"]
    assert (row[2], row[6], row[7]) == ("40", "", "")
    assert "1233" not in text_of(guest, f"/indicators/{DISPUTES}.svg?kind=month")


def test_what_was_few_before_a_revision_is_not_told_beside_it(guest, supervisor, disputes, today):
    later = today + timedelta(days=1)
    state("disputes_mediated", "2023-09", Decimal(30), unit="件", now=later, vintage="revised")
    compute_figures(now=later, actor=None, months=3)
    page = f"/indicators/{DISPUTES}/?kind=month"

    assert "Revisions side by side" in text_of(supervisor, page)
    text = text_of(guest, page)

    assert "30 cases" in text
    assert "Revisions side by side" not in text
    assert "Published before" not in text


SPLIT = """
[split.{name}]
title = {{ zh = "数", en = "{name} of the orders" }}
unit = "件"
kind = "count"
direction = "none"
stated = "{name}"
{more}
periods = ["month", "ytd"]
author = "A"
checker = "B"
source = "test"
next_review = 2027-06-30
"""


@pytest.fixture
def split(places, today, tmp_path):
    """Ten orders in October, nine sent automatically and one by a person; the total is shown."""
    file, few = tmp_path / "split.toml", "smallest_published = 5"
    parts = {"all": 'parts = [["split.machine", "split.person"]]', "machine": few, "person": few}
    text = "".join(SPLIT.format(name=name, more=more) for name, more in parts.items())
    file.write_text(text, encoding="utf-8")
    keep_definitions(defined=definitions_of([file]), actor=None, now=today)
    for month, counts in (("2023-09", (30, 14, 16)), ("2023-10", (10, 9, 1))):
        for name, count in zip(parts, counts, strict=True):
            state(name, month, Decimal(count), unit="件", now=today)
    compute_figures(now=today, actor=None, months=2)


def test_a_total_and_its_other_parts_do_not_give_a_hidden_part_away(guest, supervisor, split):
    board = "/indicators/?month=2023-10"

    assert text_of(guest, board).count("not shown: it would tell of fewer than 5") == 2
    assert "not shown" not in text_of(supervisor, board)
    assert "not shown" not in text_of(guest, "/indicators/?month=2023-09")
    nine = figure("split.machine", "2023-10", CITY)
    for address in (
        f"/indicators/figures/{nine.pk}/",
        "/indicators/split.machine/?kind=month",
        "/indicators/split.machine.svg?kind=month",
    ):
        assert "9 cases" not in text_of(guest, address)
    assert "10 cases" in text_of(guest, "/indicators/split.all/?kind=month")
    [row] = [row for row in rows_of(guest, "/indicators/split.machine.csv?kind=month") if row[0] == "2023-10"]  # fmt: skip
    assert (row[2], row[3]) == ("", "not shown: too few")
    assert "9 cases" in text_of(supervisor, f"/indicators/figures/{nine.pk}/")


def test_what_was_known_before_a_revision_does_not_give_a_hidden_part_away(
    guest, supervisor, split, today
):
    later = today + timedelta(days=1)
    for name, count in (("machine", 99), ("person", 11), ("all", 110)):
        state(name, "2023-10", Decimal(count), unit="件", now=later, vintage="revised")
    nine = figure("split.machine", "2023-10", CITY)
    compute_figures(now=later, actor=None, months=2)
    address = f"/indicators/figures/{nine.pk}/"

    assert "9 cases" in text_of(supervisor, address)
    assert "9 cases" not in text_of(guest, address)
    assert "99 cases" in text_of(guest, "/indicators/split.machine/?kind=month")


def test_neither_light_nor_deadline_tells_where_a_hidden_figure_lies(guest, supervisor, places, today):  # fmt: skip
    define("economy", now=today)
    keep_roster(
        code="key_chains", members=["甲厂"], valid_from=date(2022, 1, 1), source="s", actor=None, now=today,
    )  # fmt: skip
    state("firm_revenue", "2023-10", Decimal("3.5"), member="甲厂", now=today)
    text = 'code = "15886"\ntitle = "t"\nvalid_from = 2023-01-01\nsource = "s"\n[[goals]]\ncode = "1"\ntitle = "g"\ndeadline = 2023-10-31\nmeasures = [{ indicator = "economy.chain_revenue", green = 9, amber = 8 }]\n'
    keep_goal_tree(read=read_goal_tree(text, "g.toml"), actor=None, now=today)
    compute_figures(now=today, actor=None, months=1)
    few = figure("economy.chain_revenue", "2023-10", area="")
    own = f"/indicators/figures/{few.pk}/"

    assert few.light == "red"
    assert "light-red" in text_of(supervisor, own)
    assert "light-red" not in text_of(guest, own)
    assert "past, and not green" in text_of(supervisor, "/indicators/goals/")
    assert "past, and not green" not in text_of(guest, "/indicators/goals/")
