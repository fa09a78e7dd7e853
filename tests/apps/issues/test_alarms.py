import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.apps.issues.watched_city import BURST_DAY, LAST_DAY, WatchedCity, noon

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.alarms import (
    TooLittleHistoryError,
    raise_alarms,
    run_backtest,
)
from civicloop.apps.issues.alarm_facts import CityFrame, read_alarm_history
from civicloop.apps.issues.alarm_queries import (
    alarms_until,
    busy_writers_until,
    is_over,
    last_alarm_check,
    slow_burners_on,
)
from civicloop.apps.issues.alarm_truth import (
    ListedBurst,
    evaluate_alarms_of_city,
    evaluate_listed_bursts,
    read_listed_bursts,
)
from civicloop.apps.issues.evaluation import UnreadableJudgementsError
from civicloop.apps.issues.models import Alarm, AlarmBacktest, AlarmCheck, AlarmKind
from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.connectors.spreadsheets.reading import inspect, read_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db) -> WatchedCity:
    return WatchedCity()


def raised(now, *, first_day: date = LAST_DAY - timedelta(days=6), last_day: date = LAST_DAY):
    return raise_alarms(first_day=first_day, last_day=last_day, now=now)


def test_a_burst_is_raised_once_with_what_is_needed_to_explain_it(city, now):
    check = raised(now)

    [alarm] = alarms_until(LAST_DAY)
    assert (alarm.kind, alarm.event, alarm.title) == (AlarmKind.EVENT, city.event, city.event.title)
    assert (alarm.day, alarm.window_days, alarm.people_count) == (BURST_DAY, 1, 4)
    assert alarm.chance < alarm.bound
    assert alarm.told_at == noon(BURST_DAY)
    assert alarm.tags == ["one_address"]
    assert alarm.curve["people"][-2:] == [4, 4]
    assert check.first_day == LAST_DAY - timedelta(days=6)
    assert check.series_count > 0


def test_running_again_changes_nothing(city, now):
    raised(now)
    before = list(Alarm.objects.values())

    raised(now)

    assert list(Alarm.objects.values()) == before
    assert AlarmCheck.objects.count() == 1
    assert AuditEvent.objects.filter(action="alarms_raised").count() == 2


def test_the_next_day_brings_yesterdays_alarm_up_to_date(city, now):
    raised(now, last_day=BURST_DAY)
    [alarm] = alarms_until(LAST_DAY)
    assert alarm.last_day == BURST_DAY

    raised(now, first_day=LAST_DAY)

    [later] = alarms_until(LAST_DAY)
    assert later.pk == alarm.pk
    assert later.last_day == LAST_DAY
    assert last_alarm_check().day == LAST_DAY
    assert not is_over(later, LAST_DAY)
    assert is_over(later, LAST_DAY + timedelta(days=8))


def test_an_alarm_that_is_raised_no_more_goes(city, now):
    raised(now)
    Appeal.objects.filter(event_member__event=city.event).delete()

    raised(now)

    assert not Alarm.objects.exists()


def test_one_citizen_with_many_appeals_is_listed_apart(city, now):
    city.writer()

    raised(now)

    [writer] = busy_writers_until(LAST_DAY)
    assert (writer.kind, writer.people_count, writer.appeal_count) == (AlarmKind.SOURCE, 1, 12)
    assert writer.tags == ["few_callers"]
    assert writer not in alarms_until(LAST_DAY)


def test_nine_weeks_are_needed(city, now):
    Appeal.objects.filter(received_at__date__lt=LAST_DAY - timedelta(days=40)).delete()

    with pytest.raises(TooLittleHistoryError):
        raised(now)
    assert not AlarmCheck.objects.exists()


def test_a_slow_burner_is_found_and_the_burst_is_none(city):
    [matter] = slow_burners_on(LAST_DAY)

    assert matter.event == city.slow_event
    assert matter.burner.people == 6
    # noon to midnight, 90, 75 … 15 days before
    assert matter.burner.person_days == pytest.approx(90 + 75 + 60 + 45 + 30 + 15 + 6 * 0.5)
    assert (matter.burner.unresolved, matter.burner.oldest_unresolved_days) == (1, 90.5)


def test_a_backtest_stands_beside_a_plain_z_score(city, now):
    run_backtest(first_day=LAST_DAY - timedelta(days=20), last_day=LAST_DAY, now=now)
    backtest = run_backtest(first_day=LAST_DAY - timedelta(days=20), last_day=LAST_DAY, now=now)

    assert AlarmBacktest.objects.get() == backtest
    assert backtest.alarm_count == 1
    result = backtest.result
    assert result["weeks"] == 3
    assert result["plain_alarms"] <= 1
    [told] = result["alarms"]
    assert (told["day"], told["event"], told["lead_days"]) == ("2023-11-14", city.event.pk, 1)


def test_places_count_in_their_county_and_township(city):
    frame = CityFrame.stored()

    row = frame.area_rows[city.township.pk]
    assert [frame.places[place] for place in frame.place_nodes[row]] == [
        city.county.pk,
        city.township.pk,
    ]
    row = frame.area_rows[city.county.pk]
    assert frame.place_nodes[row].tolist() == [frame.places.index(city.county.pk), -1]


def test_history_begins_on_a_monday_and_ends_with_its_last_day(city):
    history = read_alarm_history(first_day=LAST_DAY, last_day=BURST_DAY)

    assert history.first_day.weekday() == 0
    assert history.day_of(int(history.facts.day[-1])) == BURST_DAY


def test_the_command_raises_backtests_once_and_prints(city):
    out = StringIO()
    call_command("raise_alarms", stdout=out)
    call_command("raise_alarms", stdout=out)

    assert city.event.title in out.getvalue()
    assert AlarmBacktest.objects.count() == 1
    assert set(AlarmCheck.objects.values_list("day", flat=True)) == {LAST_DAY}


def test_a_young_city_is_told_that_it_has_to_wait(city):
    Appeal.objects.filter(received_at__date__lt=LAST_DAY - timedelta(days=40)).delete()
    out = StringIO()

    call_command("raise_alarms", stdout=out)

    assert "九周" in out.getvalue() or "nine weeks" in out.getvalue()


def test_the_command_says_what_is_missing(now):
    with pytest.raises(CommandError):
        call_command("raise_alarms", stdout=StringIO())


@pytest.mark.parametrize(
    "words",
    [["--per-week", "0"], ["--day", "2023-08-10"], ["--backtest", "2023-11-10", "2023-11-01"]],
)
def test_the_command_refuses_what_it_cannot_do(words, city):
    with pytest.raises(CommandError):
        call_command("raise_alarms", *words, stdout=StringIO())


def test_listed_bursts_are_met_by_topic_place_and_day(city, tmp_path):
    file = tmp_path / "bursts.csv"
    file.write_text(
        "topic,area,from,to\n环境/油烟,云溪区,2023-11-14,2023-11-15\n交通,,2023-11-10,2023-11-12\n",
        encoding="utf-8",
    )

    figures = evaluate_listed_bursts(read_listed_bursts(file))["alarms"]

    assert (figures["bursts"], figures["recall_1_day"], figures["recall_ever"]) == (2, 0.5, 0.5)
    assert figures["recall_48_hours"] is None  # the list has no hours
    assert figures["false_per_week"] == 0


@pytest.mark.parametrize(
    "content", ["", "topic,area\na,b\n", "topic,area,from,to\na,b,soon,later\n"]
)
def test_a_list_of_bursts_that_is_none_is_refused(content, tmp_path):
    file = tmp_path / "bursts.csv"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(UnreadableJudgementsError):
        read_listed_bursts(file)


def test_bursts_outside_the_days_watched_cannot_be_measured(city):
    early = ListedBurst(topic="", area="", first_day=date(2023, 8, 12), last_day=date(2023, 8, 13))

    with pytest.raises(UnreadableJudgementsError):
        evaluate_listed_bursts([early])


def test_listed_bursts_need_a_history(db):
    with pytest.raises(TooLittleHistoryError):
        evaluate_listed_bursts([])


def test_the_sample_citys_planted_bursts_are_measured_with_and_without_events(tmp_path):
    files = write_sample_city(CityPlan(appeals=2_000, last_day=LAST_DAY), tmp_path)
    batches = read_rows(files.appeals, shape=inspect(files.appeals), today=LAST_DAY)
    rows = [row for batch in batches for row in batch.rows]
    number_of = {row.values.id: number for number, row in enumerate(rows)}
    clusters = json.loads(files.truth_events.read_text(encoding="utf-8"))["clusters"]
    events = {
        number_of[key]: event
        for event, cluster in enumerate(clusters)
        for key in cluster["message_ids"]
    }

    figures = evaluate_alarms_of_city(
        rows, files, topics=[row.values.topic for row in rows], events=events
    )

    assert list(figures) == [
        "alarms",
        "alarms: plain z-score",
        "alarms, topics only",
        "alarms, topics only: plain z-score",
    ]
    assert figures["alarms"]["bursts"] == figures["alarms: plain z-score"]["bursts"] > 0
    assert figures["alarms"]["recall_ever"] >= 0.75
    assert figures["alarms"]["recall_1_day"] <= figures["alarms"]["recall_48_hours"]
    assert figures["alarms"]["false_per_week"] <= 2
    assert figures["alarms, topics only"]["recall_ever"] <= figures["alarms"]["recall_ever"]


@pytest.mark.parametrize(
    ("asked", "looked_at"),
    [
        (("1900-01-01", "2023-11-15"), ("2023-10-09", "2023-11-15")),
        (("2023-11-01", "2024-03-01"), ("2023-11-01", "2023-11-15")),
        (("0001-01-01", "9999-12-31"), ("2023-10-09", "2023-11-15")),
    ],
)
def test_a_backtest_is_kept_under_the_days_looked_at(city, asked, looked_at):
    call_command("raise_alarms", "--backtest", *asked, stdout=StringIO())

    kept = AlarmBacktest.objects.get()
    assert (kept.first_day.isoformat(), kept.last_day.isoformat()) == looked_at
    assert kept.result["first_day"] == looked_at[0]


@pytest.mark.parametrize(
    "words",
    [
        ["--day", "0001-01-01"],
        ["--day", "9999-12-31"],
        ["--backtest", "2027-10-01", "2027-12-31"],
    ],
)
def test_days_without_appeals_are_refused_with_the_days_known(words, city):
    with pytest.raises(CommandError, match=r"2023-08-10.*2023-11-15"):
        call_command("raise_alarms", *words, stdout=StringIO())


@pytest.mark.parametrize("number", ["nan", "inf", "1e300", "0.01"])
def test_the_command_has_the_limits_of_the_page(number, city):
    with pytest.raises(CommandError, match=r"0\.1.*50"):
        call_command("raise_alarms", "--per-week", number, stdout=StringIO())


def test_a_period_between_the_appeals_that_holds_none_is_quiet(city, now):
    gap = (LAST_DAY + timedelta(days=20), LAST_DAY + timedelta(days=80))
    city._appeals([{"received_at": noon(gap[1] + timedelta(days=5))}])

    backtest = run_backtest(first_day=gap[0], last_day=gap[1], now=now)

    assert (backtest.alarm_count, backtest.last_day) == (0, gap[1])
