import pytest
from django.db import connection
from tests.factories import AppealFactory, AreaFactory

from civicloop.apps.intake.grams import read_query
from civicloop.apps.intake.models import Appeal, SearchMark
from civicloop.apps.intake.queries import AppealFilters, appeals_page, searching, walking
from civicloop.apps.intake.search import Searchable, index_new_appeals, search_table

pytestmark = pytest.mark.django_db


def found(search: str, **filters) -> list[str]:
    page = appeals_page(AppealFilters(search=search, **filters))
    return [appeal.text for appeal in page.appeals]


@pytest.fixture(params=["indexed", "not indexed", "walked"])
def ways(request, monkeypatch):
    """Each way in which a search can be answered must give the same answer."""
    if request.param == "walked":
        monkeypatch.setattr(searching, "FEW", 0)

    def prepare() -> None:
        if request.param != "not indexed":
            index_new_appeals()

    return prepare


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("供热", ["供热管道漏水", "冬季供热不足"]),
        ("供热管道", ["供热管道漏水"]),
        ("热管", ["供热管道漏水"]),
        ("堃", ["杨堃路积水"]),
        ("水", ["杨堃路积水", "供热管道漏水"]),
        ("a3区 停车", ["Ａ３区，停车难"]),
        ("区停", ["Ａ３区，停车难"]),
        ("12345", ["来电12345未接"]),
        ("2345未", ["来电12345未接"]),
        ("234", ["来电12345未接"]),
        ("𠮷野", ["𠮷野家门口拥堵"]),
        ("热供", []),
        ("供热 停车", []),
        ("，。", []),
    ],
)
def test_every_substring_is_found(ways, search, expected):
    for text in (
        "冬季供热不足",
        "供热管道漏水",
        "杨堃路积水",
        "Ａ３区，停车难",
        "来电12345未接",
        "𠮷野家门口拥堵",
    ):
        AppealFactory(text=text, source_key=text)
    ways()

    assert sorted(found(search)) == sorted(expected)


def test_subject_address_and_number_are_searched_but_not_across(ways):
    AppealFactory(text="正文甲", subject="标题乙", address="青禾路", source_key="GD20230317")
    ways()

    assert found("题乙") == found("青禾") == found("gd2023") == found("0317") == ["正文甲"]
    assert found("乙正") == []


def test_appeals_that_came_after_the_index_are_found_too():
    AppealFactory(text="路灯不亮")
    index_new_appeals()
    AppealFactory(text="路灯又不亮")

    assert found("路灯") == ["路灯又不亮", "路灯不亮"]


def test_index_is_filled_in_steps_and_once(monkeypatch):
    AppealFactory.create_batch(5)
    steps = []
    monkeypatch.setattr("civicloop.apps.intake.search.INDEX_BATCH", 2)

    assert index_new_appeals(progress=steps.append) == 5
    assert steps == [2, 4, 5]
    assert index_new_appeals() == 0
    assert SearchMark.objects.get().appeal_id == Appeal.objects.latest("id").id


def test_forgotten_appeal_leaves_no_trace_in_the_index():
    appeal = AppealFactory(text="路灯不亮")
    index_new_appeals()

    with connection.cursor() as cursor:
        search_table().forget(cursor, [Searchable.of(appeal)])
    sql, params = search_table().candidates(read_query("路灯"))

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("few", "nearest", "sorted_at_once"),
    [(3_000, 9, 9), (3, 20_000, 9), (0, 3, 50_000), (0, 3, 2), (0, 9, 2)],
)
def test_search_pages_are_the_whole_list_in_order(few, nearest, sorted_at_once, monkeypatch):
    monkeypatch.setattr(searching, "FEW", few)
    monkeypatch.setattr(walking, "NEAREST", nearest)
    monkeypatch.setattr(walking, "SORTED_AT_ONCE", sorted_at_once)
    for number in range(23):
        AppealFactory(text=f"路灯不亮{number}" if number % 2 else f"停水{number}")
    index_new_appeals()
    whole = [f"路灯不亮{n}" for n in range(21, 0, -2)]

    seen, after, pages = [], None, []
    while True:
        page = appeals_page(AppealFilters(search="路灯"), after=after, size=4)
        seen += [appeal.text for appeal in page.appeals]
        pages.append(page)
        after = page.next_cursor
        if after is None:
            break
    back = appeals_page(AppealFilters(search="路灯"), before=pages[-1].previous_cursor, size=4)

    assert seen == whole
    assert [appeal.text for appeal in back.appeals] == whole[4:8]
    assert (pages[0].previous_cursor, back.next_cursor is not None) == (None, True)


def test_search_within_filters(ways):
    area = AreaFactory()
    AppealFactory(text="路灯不亮", county=area, area=area)
    AppealFactory(text="路灯闪烁")
    ways()

    assert found("路灯", area_id=area.id) == ["路灯不亮"]


def test_search_counts_what_it_found(ways):
    AppealFactory.create_batch(3, text="路灯不亮")
    ways()

    page = appeals_page(AppealFilters(search="路灯"))

    assert (page.count, page.count_is_exact) == (3, True)


def test_search_stays_within_five_statements(django_assert_max_num_queries):
    area = AreaFactory()
    AppealFactory.create_batch(3, county=area, area=area)
    index_new_appeals()

    with django_assert_max_num_queries(5):
        page = appeals_page(AppealFilters(search="路灯", area_id=area.id, kind="complaint"))

    assert len(page.appeals) == 3
