from base64 import urlsafe_b64encode
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.apps.intake.conftest import appeal_row
from tests.factories import (
    FIRST_MOMENT,
    AppealFactory,
    AreaFactory,
    ChannelFactory,
    ImportRunFactory,
    TopicFactory,
    TopicTreeFactory,
)

from civicloop.apps.intake.models import Appeal, ImportRun, Kind, OriginalRow
from civicloop.apps.intake.queries import (
    AppealFilters,
    appeal_details,
    appeals_page,
    intake_overview,
    listing,
)
from civicloop.apps.places.models import AreaLevel

pytestmark = pytest.mark.django_db


def numbers(page) -> list[int]:
    return [int(appeal.text) for appeal in page.appeals]


def make(count: int, **fields) -> None:
    for number in range(count):
        AppealFactory(
            text=str(number), received_at=FIRST_MOMENT + timedelta(hours=number), **fields
        )


def ids(filters: AppealFilters) -> set[int]:
    return {appeal.id for appeal in appeals_page(filters).appeals}


@pytest.fixture(params=["short", "long"])
def lengths(request, monkeypatch):
    """Lists that are counted to their end, and lists that are too long for it."""
    if request.param == "long":
        monkeypatch.setattr(listing, "COUNTED", 12)
    return request.param


def test_pages_go_down_and_up_again(lengths):
    make(25)

    first = appeals_page(AppealFilters(), size=10)
    second = appeals_page(AppealFilters(), after=first.next_cursor, size=10)
    third = appeals_page(AppealFilters(), after=second.next_cursor, size=10)
    back = appeals_page(AppealFilters(), before=third.previous_cursor, size=10)
    top = appeals_page(AppealFilters(), before=back.previous_cursor, size=10)

    assert numbers(first) == list(range(24, 14, -1))
    assert numbers(third) == [4, 3, 2, 1, 0]
    assert numbers(back) == numbers(second) == list(range(14, 4, -1))
    assert numbers(top) == numbers(first)
    assert first.previous_cursor is third.next_cursor is top.previous_cursor is None


def test_page_before_the_top_is_filled_up(lengths):
    make(25)
    cursor = appeals_page(AppealFilters(), size=3).next_cursor

    page = appeals_page(AppealFilters(), before=cursor, size=10)

    assert numbers(page) == list(range(24, 14, -1))
    assert page.previous_cursor is None


def test_pages_stay_in_place_while_appeals_come_in(lengths):
    make(20)
    first = appeals_page(AppealFilters(), size=10)
    AppealFactory(text="99", received_at=FIRST_MOMENT + timedelta(days=9))

    second = appeals_page(AppealFilters(), after=first.next_cursor, size=10)

    assert numbers(second) == list(range(9, -1, -1))


def test_appeals_of_one_moment_are_each_shown_once(lengths):
    for number in range(20):
        AppealFactory(text=str(number), received_at=FIRST_MOMENT)

    first = appeals_page(AppealFilters(), size=10)
    second = appeals_page(AppealFilters(), after=first.next_cursor, size=10)

    assert numbers(first) + numbers(second) == list(range(19, -1, -1))


def test_long_list_is_more_than_what_was_counted(monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 5)
    make(6)

    page = appeals_page(AppealFilters())

    assert (page.count, page.count_is_exact) == (5, False)


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "!!!", "é", "====", "A" * 5_000,
        *(
            urlsafe_b64encode(plain).decode()
            for plain in (b"", b"|", b"2023-01-01|", b"|7", b"2023-01-01|x", b"\xff\xfe|1",
                          b"2023-01-01|" + b"9" * 400, b"0001-01-01T00:00:00+14:00|1",
                          b"9999-12-31T23:59:59-12:00|1", b"2023-01-01|-1")
        ),
    ],
)  # fmt: skip
def test_forged_cursor_shows_the_first_page(cursor):
    make(3)

    assert numbers(appeals_page(AppealFilters(), after=cursor)) == [2, 1, 0]
    assert numbers(appeals_page(AppealFilters(), before=cursor)) == [2, 1, 0]


def test_topic_holds_everything_below_it_in_every_version_of_the_tree():
    old = TopicTreeFactory(valid_from=date(2019, 1, 1))
    top, below = TopicFactory(path="城建"), TopicFactory(path="城建/路灯")
    earlier = TopicFactory(tree=old, path="城建/路灯")
    for topic in (top, below, earlier, TopicFactory(path="城建局"), None):
        AppealFactory(topic=topic)

    assert {
        a.topic_id for a in Appeal.objects.filter(id__in=ids(AppealFilters(topic_id=top.id)))
    } == {top.id, below.id, earlier.id}
    assert len(ids(AppealFilters(topic_id=below.id))) == 2
    assert len(ids(AppealFilters(no_topic=True))) == 1
    assert ids(AppealFilters(topic_id=0)) == set()


@pytest.fixture
def places():
    """City, two counties, a township and a village, and an appeal in each."""
    made = {}
    for name, code, level, county in (
        ("city", "9901", AreaLevel.CITY, None),
        ("county", "990101", AreaLevel.COUNTY, "county"),
        ("other county", "990102", AreaLevel.COUNTY, "other county"),
        ("town", "990101001", AreaLevel.TOWNSHIP, "county"),
        ("village", "990101001002", AreaLevel.VILLAGE, "county"),
        ("other city", "9902", AreaLevel.CITY, None),
    ):
        made[name] = AreaFactory(code=code.ljust(12, "0"), name=name, level=level)
        AppealFactory(area=made[name], county=made.get(county), text=name)
    AppealFactory(text="nowhere")
    return made


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("city", {"city", "county", "other county", "town", "village"}),
        ("county", {"county", "town", "village"}),
        ("town", {"town", "village"}),
        ("village", {"village"}),
        ("other city", {"other city"}),
    ],
)
def test_area_holds_everything_inside_it(area, expected, places):
    page = appeals_page(AppealFilters(area_id=places[area].id))

    assert {appeal.text for appeal in page.appeals} == expected


def test_unknown_area_holds_nothing(places):
    assert ids(AppealFilters(area_id=0)) == set()


def test_days_are_local_days_and_both_included():
    midnight = datetime(2023, 3, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    for hours in (-1, 0, 23, 24):
        AppealFactory(text=str(hours), received_at=midnight + timedelta(hours=hours))

    page = appeals_page(AppealFilters(first_day=date(2023, 3, 5), last_day=date(2023, 3, 5)))

    assert numbers(page) == [23, 0]


def test_days_beyond_the_calendar_do_no_harm():
    make(2)

    page = appeals_page(AppealFilters(first_day=date.min, last_day=date.max))

    assert page.count == 2


def test_other_filters():
    praise = AppealFactory(kind=Kind.PRAISE, replied=True)
    web = AppealFactory(channel=ChannelFactory(code="web"))

    assert ids(AppealFilters(kind="praise")) == {praise.id}
    assert ids(AppealFilters(channel_id=web.channel_id)) == {web.id}
    assert ids(AppealFilters(waiting=True)) == {web.id}
    assert ids(AppealFilters(waiting=True, kind="praise")) == set()
    assert AppealFilters().is_empty
    assert not AppealFilters(waiting=True).is_empty


def test_appeals_of_one_import(write_csv, import_file):
    AppealFactory()
    run = import_file(write_csv([appeal_row(1), appeal_row(2)]))

    assert ids(AppealFilters(run_id=run.id)) == set(
        Appeal.objects.filter(source=run.source).values_list("id", flat=True)
    )
    assert ids(AppealFilters(run_id=ImportRunFactory().id)) == set()


def test_appeals_of_an_import_that_has_others_between(write_csv, import_file):
    mixed = import_file(write_csv([appeal_row(1), appeal_row(2), appeal_row(3)]))
    other = ImportRunFactory()
    OriginalRow.objects.filter(row_number=3).update(run=other)
    ImportRun.objects.filter(id=mixed.id).update(new_count=2)

    page = appeals_page(AppealFilters(run_id=mixed.id))

    assert {appeal.source_key for appeal in page.appeals} == {"W00001", "W00003"}


def test_page_takes_few_statements_whatever_its_size(django_assert_max_num_queries):
    area, topic = AreaFactory(), TopicFactory()
    make(60, area=area, county=area, topic=topic)

    with django_assert_max_num_queries(5):
        page = appeals_page(AppealFilters(area_id=area.id, topic_id=topic.id, waiting=True))
        shown = {(a.topic, a.area, a.county, a.channel.code) for a in page.appeals}

    assert len(page.appeals) == 50
    assert shown == {(topic, area, area, "hotline")}


def test_appeal_details_hold_the_original_row(write_csv, import_file, django_assert_num_queries):
    import_file(write_csv([appeal_row(1)]))
    appeal_id = Appeal.objects.get().id

    with django_assert_num_queries(1):
        appeal = appeal_details(appeal_id)
        original = appeal.original_row

    assert original.run.file_name.endswith(".csv")


def test_overview_counts_windows_that_end_today(now):
    for days_ago, kind in (
        (0, "praise"),
        (0, "complaint"),
        (6, "complaint"),
        (7, "complaint"),
        (27, "help"),
        (28, "help"),
        (55, "help"),
        (56, "help"),
    ):
        AppealFactory(kind=kind, received_at=now - timedelta(days=days_ago), replied=days_ago != 6)

    overview = intake_overview(now)

    assert (overview.today, overview.week, overview.previous_week) == (2, 3, 1)
    assert (overview.month, overview.previous_month) == (5, 2)
    assert [day.count for day in overview.days][-8:] == [1, 1, 0, 0, 0, 0, 0, 2]
    assert (overview.days[0].day, len(overview.days)) == (date(2023, 10, 18), 28)
    assert [(k.code, k.count, k.previous_count) for k in overview.by_kind] == [
        ("complaint", 3, 0), ("help", 1, 2), ("praise", 1, 0),
    ]  # fmt: skip
    assert [(c.code, c.count) for c in overview.by_channel] == [("hotline", 5)]
    assert (overview.waiting_count, overview.oldest_waiting_at) == (1, now - timedelta(days=6))
    assert not overview.is_empty


def test_overview_of_an_empty_city(now):
    overview = intake_overview(now)

    assert overview.is_empty
    assert (overview.today, overview.waiting_count, overview.oldest_waiting_at) == (0, 0, None)


def test_overview_gives_an_hour_of_the_night_to_its_local_day(now):
    AppealFactory(received_at=now.replace(hour=0, minute=30))

    assert intake_overview(now).today == 1
