"""The figures of the hotline as indicators: the same counts, in files that are written only when needed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import DATONG, SHANGHAI, define, figure, state
from tests.factories import UnitFactory, WorkOrderFactory

from civicloop.apps.dispatch.figures import FIGURES, Period
from civicloop.apps.dispatch.models import CloseType, OrderState, WorkOrder
from civicloop.apps.dispatch.queries.figures import figures_of
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.fact_sources import UNKNOWN_AREA, county_of
from civicloop.apps.indicators.goal_targets import goal_targets
from civicloop.apps.indicators.models import FactsPart, Figure
from civicloop.apps.indicators.queries.board import board
from civicloop.apps.indicators.shown.asked import the_city
from civicloop.apps.indicators.shown.cards import groups_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DECEMBER = datetime(2023, 12, 5, 9, tzinfo=SHANGHAI)
NOON = datetime(2023, 11, 14, 12, tzinfo=SHANGHAI)


@pytest.fixture
def orders():
    usual = {"state": OrderState.CLOSED, "closed_at": NOON, "opened_at": NOON}
    for end in (CloseType.ANSWERED, CloseType.EXPLAINED, CloseType.NOT_ACCEPTED):
        WorkOrderFactory(close_type=end, **usual)
    sent = {"opened_at": NOON, "due_at": NOON, "dispatched_at": NOON, "lead_unit": UnitFactory()}
    WorkOrderFactory(replied_at=NOON, **sent)
    WorkOrderFactory(return_count=1, **sent)
    WorkOrderFactory(opened_at=datetime(2023, 10, 31, 23, 59, tzinfo=SHANGHAI))
    WorkOrderFactory(opened_at=datetime(2023, 11, 1, tzinfo=SHANGHAI))


def test_an_indicator_counts_what_the_figure_of_the_hotline_counts(orders):
    for end in (datetime(2023, 11, 1, tzinfo=SHANGHAI), datetime(2023, 12, 1, tzinfo=SHANGHAI)):
        WorkOrderFactory(
            due_at=end, dispatched_at=NOON, lead_unit=UnitFactory()
        )  # at 24:00 of the days before
    define("hotline", now=DECEMBER)

    compute_figures(now=DECEMBER, actor=None)

    november = Period(first_day=date(2023, 11, 1), last_day=date(2023, 11, 30))
    for code, ratio in figures_of(WorkOrder.objects.all(), november).items():
        found = figure(f"hotline.{code}", "2023-11", area="") if ratio.denominator else None
        if found:
            assert (found.numerator, found.denominator) == (
                str(ratio.numerator),
                str(ratio.denominator),
            ), code
    assert figure("hotline.orders", "2023-11", area="").value == 6
    assert {f"hotline.{code}" for code in FIGURES} >= set(
        Figure.objects.values_list("code", flat=True)
    ) - {"hotline.orders"}


def test_a_month_that_did_not_change_is_neither_read_nor_kept_again(orders):
    define("hotline", now=DECEMBER)
    compute_figures(now=DECEMBER, actor=None)

    again = compute_figures(now=DECEMBER + timedelta(hours=1), actor=None)

    assert (again.parts_written, again.kept_count) == (0, 0)


def test_a_changed_order_writes_its_month_again_and_the_figure_stands_beside_the_older_one(orders):
    define("hotline", now=DECEMBER)
    compute_figures(now=DECEMBER, actor=None)
    before = figure("hotline.on_time", "2023-11", area="")
    late = WorkOrder.objects.get(return_count=1)
    late.replied_at, late.version = NOON, late.version + 1
    late.save()

    again = compute_figures(now=DECEMBER + timedelta(hours=1), actor=None)

    after = figure("hotline.on_time", "2023-11", area="")
    assert (before.value, after.value) == (50, 100)
    assert Figure.objects.filter(pk=before.pk).exists()
    assert (
        again.parts_written == 4  # opened, dispatched, due and replied
    )  # one month of each cohort that holds the order, and of the reply
    assert FactsPart.objects.filter(table="orders_due", month="2023-11").count() == 2


def test_an_area_counts_to_its_county():
    assert county_of("140211101203") == "140211000000"
    assert county_of("140200000000") == "140200000000"
    assert county_of(None) == UNKNOWN_AREA


def test_shares_of_calls_follow_from_what_the_switchboard_states():
    define("hotline", now=DECEMBER)
    for month, offered, answered, soon in (("10", 1000, 880, 700), ("11", 3000, 2700, 2401)):
        for series, value in (
            ("calls_offered", offered), ("calls_answered", answered), ("calls_answered_15s", soon)
        ):  # fmt: skip
            state(series, f"2023-{month}", Decimal(value), unit="次", now=DECEMBER)

    compute_figures(now=DECEMBER, actor=None, months=2)

    assert figure("hotline.connected", "2023-11").value == Decimal("90.0")
    assert figure("hotline.connected_in_15_s", "2023-11").value == Decimal("80.0")  # 80.03
    assert figure("hotline.connected", "2023-10").value == Decimal("88.0")


def test_the_city_s_board_shows_shares_made_of_shares_of_the_whole_with_their_parts():
    heard = {"dispatched_at": NOON, "replied_at": NOON, "called_back_at": NOON}
    for claim, resolved in (("solved", "yes"), ("solved", "no"), ("solved", "no"), ("explained", "no")):  # fmt: skip
        WorkOrderFactory(claim=claim, resolved=resolved, **heard)
    define("hotline", now=DECEMBER)
    compute_figures(now=DECEMBER, actor=None)

    def card(*, hides_small):
        cards = board(date(2023, 12, 5), area=DATONG, hides_small=hides_small)
        [group] = groups_of(cards, goal_targets(), the_city())
        return next(each for each in group.cards if each.code == "hotline.solved_gap")

    seen, public = card(hides_small=False), card(hides_small=True)  # of four: too few for everybody

    assert (seen.figure.area, seen.value) == ("", "50.0")
    assert [("75.0" in words, "25.0" in words) for words in seen.parts] == [(True, False), (False, True)]  # fmt: skip
    assert (public.value, public.parts) == ("", [])
