import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.air.files import days_file
from tests.apps.air.kept import NOW as KEPT_AT
from tests.apps.air.kept import keep
from tests.apps.indicators.stating import air_days, define, document, figure, state
from tests.web.indicators.conftest import CITY, text_of

from civicloop.apps.accounts.models import Role
from civicloop.apps.air.models import CityPeriod
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree, keep_roster
from civicloop.apps.indicators.definitions import shipped_definitions
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import FactsPart, Figure
from civicloop.apps.indicators.snapshots import path_of
from civicloop.apps.indicators.verifying import verify_figures
from civicloop.connectors.indicators.definition_files import read_definitions
from civicloop.connectors.indicators.goal_files import read_goal_tree

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGE = "/indicators/works.heat_pipes/"


def rows_of(client, address):
    response = client.get(address)
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


@pytest.fixture
def revised(works, today):
    """October was stated again, a day later."""
    later = today + timedelta(days=1)
    state("heat_pipes", "2023-10", Decimal("7.9"), unit="公里", now=later, vintage="revised")
    compute_figures(now=later, actor=None, months=3)


def test_the_page_says_the_newest_figure_in_one_sentence_and_draws_years_over_each_other(
    guest, works
):
    text = text_of(guest, PAGE)

    assert "New heating pipes, 大城, October 2023: 7.2 km; up by 20.0 %." in text
    assert (
        '"name": "2023", "values": [null, null, null, null, null, null, null, null, 5.0, 7.2'
        in text
    )
    assert '"name": "2022"' in text
    assert "Oct" in text


def test_revisions_stand_side_by_side_and_a_day_gives_what_was_known(guest, revised, today):
    text = text_of(guest, PAGE)

    assert "7.9 km" in text
    assert "<b>7.2</b> km · final" in text
    assert "<b>7.9</b> km · revised" in text
    assert "Published before" in text
    earlier = text_of(guest, f"{PAGE}?known={today:%Y-%m-%d}")
    assert "7.9" not in earlier
    assert "October 2023: 7.2 km" in earlier
    assert "Nothing was known on that day" in text_of(guest, f"{PAGE}?known=2020-01-01")


def test_a_break_of_the_series_is_drawn_and_said(guest, works, today):
    text = '[works.heat_pipes]\ntitle = { zh = "a", en = "Pipes" }\nunit = "公里"\nkind = "flow"\ndirection = "up"\nstated = "heat_pipes"\nperiods = ["month"]\ndecimals = 2\nauthor = "a"\nchecker = "b"\nsource = "c"\nnext_review = 2027-01-01\n'
    defined = [("city.toml", each) for each in read_definitions(text, "city.toml", TABLES)]
    keep_definitions(defined=defined, actor=None, now=today)
    state("heat_pipes", "2023-10", Decimal("7.25"), unit="公里", now=today + timedelta(minutes=1))
    compute_figures(now=today + timedelta(minutes=2), actor=None, months=1)

    page = text_of(guest, PAGE)

    assert '"marks": [9]' in page
    assert "2023, from the break on" in page
    assert "not to be compared across October 2023 (marked)" in page
    line = page.index("Before this line the figures mean something else")
    assert page.index("October 2023</th>") < line < page.index("September 2023</th>")


def test_who_is_missing_is_named_in_the_titles_of_table_chart_and_drawing(guest, places, today):
    define("air", now=today)
    source = document(today)
    for area, first in ((CITY, 2023), ("140100000000", 2023), ("140300000000", 2022)):
        air_days(area, date(first, 1, 1), 249, 55, now=today, source=source)
    compute_figures(now=today, actor=None, months=24)
    page = "/indicators/air.good_share/"

    text = text_of(guest, page)

    title = text[text.index('id="peers-title"') :]
    assert "without 140300000000" in title[: title.index("</h2>")]
    caption = text[text.index("<figcaption>") : text.index("</figcaption>")]
    assert "without 140300000000" in caption
    assert "without 140300000000" in text_of(guest, f"{page[:-1]}.svg")


def test_another_checker_is_no_break_and_what_was_published_is_no_revision(guest, works, today):
    text = text_of(guest, PAGE)
    [shipped] = [
        each for _, each in shipped_definitions() if each.definition.code == "works.heat_pipes"
    ]
    content = {**shipped.content, "checker": "statistics bureau", "next_review": date(2023, 1, 1)}
    checked = replace(shipped, content=content)
    keep_definitions(defined=[("city.toml", checked)], actor=None, now=today)
    compute_figures(now=today + timedelta(minutes=2), actor=None, months=1)

    page = text_of(guest, PAGE)

    assert "statistics bureau" in page
    assert "1 Jan 2023, overdue" in page
    assert "overdue" not in text
    assert '"marks": []' in page
    assert "not to be compared" not in page
    assert "Published before" not in page


def test_a_definition_speaks_the_language_of_its_reader(settings, guest, works):
    settings.LANGUAGE_CODE = "zh-hans"

    page = guest.get(PAGE, headers={"Accept-Language": "zh-hans"}).content.decode()

    for words in ("竣工验收记录", "civicloop 开发者", "civicloop 第二人复核"):
        assert words in page
    assert "acceptance records" not in page


def test_the_file_of_a_series_says_whose_definition_it_is(guest, works):
    head = [row for row in rows_of(guest, f"{PAGE[:-1]}.csv") if row[0].startswith("#")]

    assert ["# source", "acceptance records"] in head
    assert ["# next review", "2027-06-30"] in head
    assert head[5][0] == "# author and checker"
    assert head[5][1] != head[5][2]


def test_the_file_speaks_of_units_of_measure_and_places_in_a_ranking(guest, works):
    address = f"{PAGE[:-1]}.csv"
    content = guest.get(address, headers={"Accept-Language": "zh-hans"}).getvalue()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    assert ["# 计量单位", "公里"] in rows  # not 承办单位, which is an office
    [header] = [row for row in rows if row[0] == "时段"]
    assert "位次" in header  # not 地点, where something is
    assert "同比变化" in header  # not 修订, which is a revision


def tree(code, day, green, today):
    text = f'code = "{code}"\ntitle = "t"\nvalid_from = {day}\nsource = "s"\n[[goals]]\ncode = "1"\ntitle = "g"\nmeasures = [{{ indicator = "works.heat_pipes", area = "{CITY}", green = {green}, amber = 1 }}]\n'
    keep_goal_tree(read=read_goal_tree(text, "g.toml"), actor=None, now=today)


def test_a_change_of_the_target_is_drawn_where_it_begins_and_judges_nothing_before(
    guest, works, today
):
    tree("15886", "2022-01-01", 4, today)
    tree("15886", "2023-10-01", 9, today)
    compute_figures(now=today + timedelta(minutes=2), actor=None, months=14)

    page = text_of(guest, PAGE)

    lights = dict(Figure.objects.filter(light__gt="").values_list("period", "light"))
    assert (lights["2023-09"], lights["2023-10"]) == ("green", "amber")
    drawn = json.loads(
        page.split('<script id="years" type="application/json">')[1].split("</script>")[0]
    )
    assert drawn["targetMarks"] == [{"at": 9, "words": "15886 2 · 1 Oct 2023"}]
    targets = {each["name"]: each["values"] for each in drawn["series"] if each["isTarget"]}
    assert targets["target of 2023"] == [4.0] * 9 + [9.0] * 3
    assert targets["target of 2022"] == [4.0] * 12
    assert "another target since 1 Oct 2023 (marked)" in page
    told = "Before this line another target was in force: 1 Oct 2023, t (15886 2): ≥ 4.0 km → ≥ 9.0 km."
    assert page.index("October 2023</th>") < page.index(told) < page.index("September 2023</th>")
    assert page.count(told) == 1
    svg = text_of(guest, f"{PAGE[:-1]}.svg")
    assert ">15886 2</text>" in svg
    assert "another target since" in svg
    earlier = text_of(guest, f"{PAGE}?known={today - timedelta(days=1):%Y-%m-%d}")
    assert "15886" not in earlier


def test_a_version_that_was_mended_on_its_first_day_changed_no_target(guest, works, today):
    tree("15886", "2023-01-01", 8, today)
    tree("15886", "2023-09-01", 80, today)
    tree("15886", "2023-09-01", 9, today)

    page = text_of(guest, PAGE)

    assert "another target since 1 Sep 2023 (marked)" in page
    assert "1 Sep 2023, t (15886 3): ≥ 8.0 km → ≥ 9.0 km" in page
    assert "80.0" not in page


def test_a_target_that_is_to_come_is_told_and_not_said_to_be_in_force(guest, works, today):
    tree("15886", "2023-01-01", 8, today)
    tree("15886", f"{today.year + 1}-01-01", 9, today)

    page = text_of(guest, PAGE)

    assert page.count("Change of the target") == 1
    assert "another target since" not in page


def test_a_change_of_the_target_by_a_later_version_of_the_tree_is_told(guest, works, today):
    tree("15886", "2023-01-01", 8, today)
    tree("15887", "2023-01-01", 3, today)
    assert "Change of the target" not in text_of(guest, PAGE)

    tree("15886", "2023-07-01", 9, today)
    tree("15886", "2023-08-01", 9, today)

    page = text_of(guest, PAGE)
    assert page.count("Change of the target") == 1
    assert "1 Jul 2023, t (15886 2): ≥ 8.0 km → ≥ 9.0 km" in page


def test_areas_of_one_level_stand_beside_each_other_with_their_places(guest, places, today):
    define("economy", now=today)
    for area, value in ((CITY, "9.4"), ("140000000000", "4.4"), ("140100000000", "8.0")):
        state("manufacturing_growth", "2023-Q3", Decimal(value), area=area, unit="%", now=today)
    compute_figures(now=today, actor=None, months=6)

    text = text_of(guest, "/indicators/economy.manufacturing_growth/")

    peers = text[text.index("Areas of the same level") :]
    assert peers.index("9.4") < peers.index("140100000000") < peers.index("8.0")
    assert "140000000000" not in peers
    assert "place 1 of 2 (cities of the province, higher is better)" in peers


def test_the_definition_is_told_in_words(guest, works):
    text = text_of(guest, PAGE)

    for words in ("As a source states it", "heat_pipes", "higher is better", "to 1 decimals", "civicloop", "30 Jun 2027", "SHA-256"):  # fmt: skip
        assert words in text


def test_a_formula_is_told_with_its_numbers_and_what_they_are(guest, places, today):
    define("digital", now=today)

    text = text_of(guest, "/indicators/digital.kw_per_rack/")

    assert "<dt>2.5 kW a standard rack</dt> <dd> <code>kw = 2.5</code>" in text


def test_an_indicator_without_figures_says_so_and_an_unknown_one_is_not_found(guest, places, today):
    define("works", now=today)

    assert "no figure of this indicator yet" in text_of(guest, PAGE)
    text_of(guest, "/indicators/nothing.here/", status=404)
    text_of(guest, "/indicators/works.heat_pipes.svg", status=404)


def test_the_file_says_what_it_holds_and_runs_nothing(guest, works):
    rows = rows_of(guest, "/indicators/works.heat_pipes.csv?kind=month")

    heads = {row[0]: row[1:] for row in rows if row[0].startswith("# ")}
    assert heads["# area"] == ["大城"]
    assert heads["# definition"][1].startswith("SHA-256 ")
    assert heads["# as known at"] == ["2023-11-13T09:00:00+08:00"]
    table = [row for row in rows if not row[0].startswith("# ")]
    assert table[0][:3] == ["period", "last day", "value"]
    assert table[-1][:4] == ["2023-10", "2023-10-31", "7.2", "normal"]
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]


def test_the_drawing_stands_alone(guest, works):
    response = guest.get("/indicators/works.heat_pipes.svg")

    drawn = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert drawn.startswith("<svg xmlns=")
    assert "up by 20.0 %" in drawn
    assert "<script" not in drawn
    assert "href" not in drawn


def test_few_firms_stay_out_of_page_file_and_drawing(log_in, guest, places, today):
    define("economy", now=today)
    keep_roster(
        code="key_chains", members=["甲厂", "乙厂"], valid_from=date(2022, 1, 1), source="s",
        actor=None, now=today,
    )  # fmt: skip
    for firm in ("甲厂", "乙厂"):
        state("firm_revenue", "2023-10", Decimal("3.5"), member=firm, now=today)
    compute_figures(now=today, actor=None, months=1)
    shown = Figure.objects.get(code="economy.chain_revenue", area="", period="2023-10")
    addresses = [
        "/indicators/economy.chain_revenue/?kind=month",
        f"/indicators/figures/{shown.pk}/",
    ]
    supervisor = log_in(Role.SUPERVISOR)

    for address in addresses:
        assert "7.00" not in text_of(guest, address)
        assert "would tell of fewer than 3" in text_of(guest, address)
        assert "7.00" in text_of(supervisor, address)
    assert "甲厂" in text_of(supervisor, addresses[1])
    file = "/indicators/economy.chain_revenue.csv?kind=month"
    assert rows_of(guest, file)[-1][2:4] == ["", "not shown: too few"]
    assert rows_of(supervisor, file)[-1][2] == "7.00"
    text_of(supervisor, "/indicators/economy.chain_revenue.svg?kind=month", status=404)


@pytest.mark.parametrize("name", ["so2", "no2", "pm10", "pm25", "co", "o3"])
def test_a_concentration_leads_to_the_period_of_air_that_states_it(guest, places, tmp_path, name):
    define("air", now=KEPT_AT)
    file = days_file(tmp_path, first=date(2026, 5, 1), last=date(2026, 5, 31))
    keep(file, now=KEPT_AT, areas={"甲": CITY})
    compute_figures(now=KEPT_AT, actor=None, months=1)
    index = figure("air.index", "2026-05", CITY)
    used = f"/indicators/figures/{figure(f'air.{name}', '2026-05', CITY).pk}/"

    assert f'<a href="{used}">' in text_of(guest, f"/indicators/figures/{index.pk}/")
    behind = CityPeriod.objects.get(city__area=CITY, kind="month")
    assert f'<a href="/air/periods/{behind.pk}/">' in text_of(guest, used)
    assert all(verified.is_good for verified in verify_figures())


def test_every_row_behind_a_number_can_be_reached(guest, places, today):
    define("air", now=today)
    air_days(CITY, date(2023, 1, 1), 249, 55, now=today)
    compute_figures(now=today, actor=None, months=10)
    page = f"/indicators/figures/{figure('air.good_share', '2023-01/P10M', CITY).pk}/"

    first, second = text_of(guest, page), text_of(guest, f"{page}?after=200")

    assert "Rows 1 to 200" in first
    assert '<a href="?after=200#rows-title">further rows</a>' in first
    assert "rows before" not in first
    assert "Rows 201 to 304" in second
    assert '<a href="?after=0#rows-title">rows before</a>' in second
    assert "further rows" not in second
    days = [re.findall(r"/air/days/(\d+)/", text) for text in (first, second)]
    assert [len(each) for each in days] == [200, 104]
    assert len(set(days[0] + days[1])) == 304
    assert "/air/days/" not in text_of(guest, f"{page}?after={10**15}")


def test_a_number_leads_to_its_source_file_and_cell(guest, revised):
    first = Figure.objects.filter(code="works.heat_pipes", period="2023-10").earliest("pk")

    text = text_of(guest, f"/indicators/figures/{first.pk}/")

    assert "bulletin.xlsx" in text
    assert "B7" in text
    assert "there is a newer figure" in text
    text_of(guest, "/indicators/figures/999999/", status=404)


def test_a_formula_leads_to_the_figures_it_uses(guest, places, today):
    define("projects", now=today)
    state("projects_planned", "2023-10", Decimal(400), unit="件", now=today)
    state("projects_done", "2023-10", Decimal(76), unit="件", now=today)
    compute_figures(now=today, actor=None, months=1)
    share = Figure.objects.get(code="projects.done_share", period="2023-10")
    done = Figure.objects.get(code="projects.done", period="2023-10")

    text = text_of(guest, f"/indicators/figures/{share.pk}/")

    assert f'<code>done</code> = <a href="/indicators/figures/{done.pk}/">76</a>' in text
    assert "100 * done / planned" in text


def test_a_small_count_among_peers_is_hidden_with_one_that_gives_it_away(log_in, guest, places, today):  # fmt: skip
    define("mediation", now=today)
    for area, value in ((CITY, 80), ("140100000000", 3), ("140300000000", 57)):
        state("disputes_mediated", "2023-10", Decimal(value), area=area, unit="件", now=today)
    compute_figures(now=today, actor=None, months=1)
    address = "/indicators/mediation.disputes/?kind=month"

    def shown(client):
        text = text_of(client, address)
        peers = text[text.index("Areas of the same level") : text.index("definition-title")]
        return [value for value in ("80", "57", "3") if f'/">{value}</a>' in peers]

    assert shown(guest) == ["80"]
    assert shown(log_in(Role.SUPERVISOR)) == ["80", "57", "3"]
    small = Figure.objects.get(code="mediation.disputes", area="140300000000")
    assert "not shown" in text_of(guest, f"/indicators/figures/{small.pk}/")
    assert "57 cases" not in text_of(guest, f"/indicators/mediation.disputes/?area={small.area}")


def test_years_stand_on_one_line_and_quarters_on_one_for_each_year(guest, places, today):
    define("economy", now=today)
    for period, value in (("2021", "7.0"), ("2022", "8.1"), ("2022-Q3", "8.0"), ("2023-Q3", "9.4")):
        state("manufacturing_growth", period, Decimal(value), unit="%", now=today)
    compute_figures(now=today, actor=None, months=36)
    address = "/indicators/economy.manufacturing_growth/"

    years = text_of(guest, f"{address}?kind=year")
    quarters = text_of(guest, f"{address}?kind=quarter")

    assert '"days": ["2021", "2022"]' in years
    assert '"values": [7.0, 8.1]' in years
    assert '"days": ["Q1", "Q2", "Q3", "Q4"]' in quarters
    assert '"name": "2023", "values": [null, null, 9.4, null]' in quarters
    assert "quarter 3 of 2023" in quarters


def test_a_lost_or_torn_file_of_facts_is_said_on_the_page_of_the_number(guest, places, today):
    define("air", now=today)
    air_days(CITY, date(2023, 1, 1), 249, 55, now=today, source=document(today))
    compute_figures(now=today, actor=None, months=3)
    number = Figure.objects.get(code="air.good_days", period="2023-10")
    page = f"/indicators/figures/{number.pk}/"
    file = path_of(FactsPart.objects.get(table="air_days", month="2023-10"))
    assert "restore it from the backup" not in text_of(guest, page)

    file.write_bytes(file.read_bytes() + b"x")
    assert "restore it from the backup" in text_of(guest, page)
    file.unlink()
    assert "restore it from the backup" in text_of(guest, page)
