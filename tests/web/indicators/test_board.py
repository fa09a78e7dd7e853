import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import air_days, define, document, state
from tests.web.indicators.conftest import CITY, COUNTY, PEER, text_of

from civicloop.apps.accounts.models import Role
from civicloop.apps.air.models import AirCity
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.lists import keep_goal_tree, keep_roster
from civicloop.connectors.indicators.goal_files import read_goal_tree

pytestmark = pytest.mark.django_db


def test_without_figures_the_board_says_how_to_get_some(guest, places):
    assert "civicloop indicators compute" in text_of(guest, "/indicators/")


def test_a_board_without_areas_is_nobodys(guest, db):
    text = text_of(guest, "/indicators/")

    assert "<h1> Indicators </h1>" in text
    assert "Indicators of" not in text


def test_a_card_tells_value_unit_period_change_and_when_it_was_known(guest, works):
    text = text_of(guest, "/indicators/")

    card = text[text.index("<article") : text.index("</article>")]
    assert "New heating pipe" in card
    assert "<b>7.2</b> <span>km</span>" in card
    assert "October 2023" in card
    assert "up by 20.0 %" in card
    assert "better" in card
    assert "as known on 13 Nov 2023" in card
    assert f"/indicators/works.heat_pipes/?area={CITY}&amp;kind=month" in card


def test_a_card_of_the_whole_leads_to_the_whole_also_where_something_is_told_of_the_city_itself(
    log_in, places, today
):
    define("economy", now=today)
    keep_roster(
        code="key_chains", members=["甲厂", "乙厂"], valid_from=date(2022, 1, 1), source="s",
        actor=None, now=today,
    )  # fmt: skip
    for firm, area in (("甲厂", CITY), ("乙厂", COUNTY)):
        state("firm_revenue", "2023-10", Decimal("3.5"), member=firm, area=area, now=today)
    compute_figures(now=today, actor=None, months=1)
    supervisor = log_in(Role.SUPERVISOR)

    board = text_of(supervisor, "/indicators/")

    [address] = re.findall(r'href="(/indicators/economy.chain_revenue/[^"]*)"', board)
    assert "<b>7.00</b>" in board
    assert "7.00" in text_of(supervisor, address.replace("&amp;", "&"))


def test_the_address_holds_month_and_area(guest, works):
    assert "<b>5.0</b>" in text_of(guest, "/indicators/?month=2023-09")
    assert "for a period that ends with this month" in text_of(guest, "/indicators/?month=2023-08")
    assert "There are no figures of this area yet" in text_of(guest, f"/indicators/?area={COUNTY}")
    assert "<b>7.2</b>" in text_of(guest, "/indicators/?month=2023-Q3&area=nowhere")


def test_a_place_tells_its_direction_and_who_is_missing(guest, places, today):
    define("air", now=today)
    source = document(today)
    air_days(CITY, date(2023, 1, 1), 249, 55, now=today, source=source)
    air_days(PEER, date(2023, 1, 1), 280, 24, now=today, source=source)
    air_days("140300000000", date(2022, 1, 1), 10, 24, now=today, source=source)
    compute_figures(now=today, actor=None, months=24)

    text = text_of(guest, "/indicators/")

    assert "place 2 of 2 (cities of the province, higher is better)" in text
    assert "1 area is missing" in text
    AirCity.objects.filter(area="140300000000").update(name="邻城")
    assert "1 area is missing: 邻城" in text_of(guest, "/indicators/")


def test_a_light_is_a_word_and_a_shape_beside_its_target(guest, works, today):
    tree = f"""
code = "15886"
title = "t"
valid_from = 2023-01-01
source = "s"
[[goals]]
code = "1"
title = "g"
measures = [{{ indicator = "works.heat_pipes", area = "{CITY}", green = 8, amber = 7 }}]
"""
    keep_goal_tree(read=read_goal_tree(tree, "g.toml"), actor=None, now=today)
    compute_figures(now=today + timedelta(minutes=1), actor=None, months=2)

    text = text_of(guest, "/indicators/")

    assert 'light light-amber"> <svg' in text
    assert "amber </span>" in text
    assert "target ≥ 8.0 km" in text


def test_the_first_page_shows_the_worst_lights(guest, works, today, make_appeal):
    tree = f"""
code = "15886"
title = "t"
valid_from = 2023-01-01
source = "s"
[[goals]]
code = "1"
title = "g"
measures = [
  {{ indicator = "works.heat_pipes", area = "{CITY}", green = 7, amber = 6 }},
  {{ indicator = "works.neighbourhoods", area = "{CITY}", green = 60, amber = 50 }},
]
"""
    make_appeal()
    assert "indicators-title" not in text_of(guest, "/")
    keep_goal_tree(read=read_goal_tree(tree, "g.toml"), actor=None, now=today)
    state("neighbourhoods_renewed", "2023-10", Decimal(41), unit="个", now=today)
    compute_figures(now=today + timedelta(minutes=1), actor=None, months=2)

    text = text_of(guest, "/")

    panel = text[text.index("indicators-title") :]
    assert panel.index("Neighbourhoods with renewed") < panel.index("New heating pipes")
    assert "<b>41</b></a> <span class" in panel
    assert "target ≥ 60" in panel


def test_old_data_is_greyed_and_said_to_be_late(guest, places, today):
    define("mediation", now=today)
    state("disputes_mediated", "2023-06", Decimal(80), unit="件", now=today)
    compute_figures(now=today, actor=None, months=12)

    text = text_of(guest, "/indicators/")

    assert "card-stale" in text
    assert "newer data due since 21 Aug 2023" in text
    assert "1 waits for newer data" in text


def test_an_old_place_says_of_which_time_it_is(guest, places, today):
    define("air", now=today)
    for month in ("2023-06", "2023-10"):
        for area, value in ((CITY, "3.72"), ("140100000000", "3.80")):
            state("air_index", month, Decimal(value), area=area, unit="1", now=today)
        compute_figures(now=today, actor=None, months=12)
        text = text_of(guest, "/indicators/")

        assert "place 1 of 2" in text
        assert ("it was so in June 2023" in text) is (month == "2023-06")


def test_few_firms_are_told_to_overseers_alone(log_in, guest, places, today):
    define("economy", now=today)
    keep_roster(
        code="key_chains", members=["甲厂", "乙厂"], valid_from=date(2022, 1, 1), source="s",
        actor=None, now=today,
    )  # fmt: skip
    for firm in ("甲厂", "乙厂"):
        state("firm_revenue", "2023-10", Decimal("3.5"), member=firm, now=today)
    compute_figures(now=today, actor=None, months=1)

    assert "<b>7.00</b>" not in text_of(guest, "/indicators/")
    assert "would tell of fewer than 3" in text_of(guest, "/indicators/")
    assert "<b>7.00</b>" in text_of(log_in(Role.SUPERVISOR), "/indicators/")


def test_the_board_asks_few_statements_however_many_figures_there_are(
    guest, works, today, django_assert_max_num_queries
):
    text_of(guest, "/indicators/")
    with django_assert_max_num_queries(8):
        text_of(guest, "/indicators/")
    for series, month in (("neighbourhoods_renewed", 10), ("heat_pipes", 8), ("heat_pipes", 7)):
        state(series, f"2023-{month:02}", Decimal(9), unit="个" if series[0] == "n" else "公里", now=today)  # fmt: skip
    compute_figures(now=today, actor=None, months=14)

    with django_assert_max_num_queries(8):
        assert text_of(guest, "/indicators/").count("<article class=") == 2
