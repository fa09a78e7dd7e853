from pathlib import Path

import pytest
from tests.factories import TopicFactory, UnitFactory, published_article, writer_and_reviewer

from civicloop.apps.intake.models import OnError
from civicloop.apps.issues.tables import write_table
from civicloop.apps.knowledge.actions.importing import import_articles
from civicloop.apps.knowledge.article_rows import RowCode
from civicloop.apps.knowledge.models import Article, ArticleState
from civicloop.apps.knowledge.queries.reading import ArticleFilters
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.apps.knowledge.tables import article_table

pytestmark = pytest.mark.django_db
HEADER = "编号,标题,问法,答案,来源,责任单位,类别,公开范围,生效日期,失效日期,来源链接"


@pytest.fixture
def table(tmp_path: Path):
    UnitFactory(code="U9", name="供水集团")
    TopicFactory(path="水电气暖")

    def write(*rows: str, header: str = HEADER) -> Path:
        file = tmp_path / "articles.csv"
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return file

    return write


def taken(file: Path, now, *, on_error: str = OnError.SKIP, is_reviewed: bool = False):
    writer, reviewer = writer_and_reviewer()
    return import_articles(
        file=file,
        on_error=on_error,
        author=writer,
        now=now,
        reviewer=reviewer if is_reviewed else None,
    )


GOOD = "ZS-1,停水怎么办,停水找谁,拨打客服。,供水集团,供水集团,水电气暖,公开,2023-01-05,,"


def test_good_row_waits_for_a_review(table, now):
    done = taken(table(GOOD), now)

    article = Article.objects.get(number="ZS-1")
    assert (done.new_count, done.problems) == (1, [])
    assert article.state == ArticleState.IN_REVIEW
    assert article.versions.get().unit.code == "U9"


def test_reviewer_named_with_the_file_publishes_it(table, now):
    taken(table(GOOD), now, is_reviewed=True)

    assert Article.objects.get().state == ArticleState.PUBLISHED


def test_author_cannot_be_named_as_reviewer_too(table, now):
    writer, _ = writer_and_reviewer()

    with pytest.raises(ArticleRefusedError):
        import_articles(
            file=table(GOOD), on_error=OnError.SKIP, author=writer, reviewer=writer, now=now
        )


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",,,答,源,U9,,公开,2023-01-05,,", "title", RowCode.EMPTY),
        (f",{'长' * 201},,答,源,U9,,公开,2023-01-05,,", "title", RowCode.TOO_LONG),
        ("K00099,题,,答,源,U9,,公开,2023-01-05,,", "number", RowCode.UNKNOWN_NUMBER),
        ("ZS-1,题,,答,源,U9,,公开,2023-01-05,,", "number", RowCode.NUMBER_TWICE),
        (",题,,答,源,水务局,,公开,2023-01-05,,", "unit", RowCode.UNKNOWN_UNIT),
        (",题,,答,源,U9,天上,公开,2023-01-05,,", "topic", RowCode.UNKNOWN_TOPIC),
        (",题,,答,源,U9,,大家,2023-01-05,,", "audience", RowCode.UNKNOWN_AUDIENCE),
        (",题,,答,源,U9,,公开,立春,,", "valid_from", RowCode.NO_DAY),
        (",题,,答,源,U9,,公开,2023-01-05,2022-12-31,", "valid_to", RowCode.ENDS_TOO_EARLY),
        (",题,,答,源,U9,,公开,2023-01-05,,javascript:1", "source_url", RowCode.NO_ADDRESS),
    ],
)
def test_bad_row_is_named_with_row_and_column(table, now, row, column, code):
    done = taken(table(GOOD, row), now)

    [problem] = done.problems
    assert (problem.row, problem.column, problem.code) == (3, column, code)
    assert list(Article.objects.values_list("number", flat=True)) == ["ZS-1"]


def test_one_bad_row_keeps_everything_out_when_so_chosen(table, now):
    done = taken(table(GOOD, ",,,,,,,,,," + "x"), now, on_error=OnError.ABORT)

    assert done.is_refused
    assert done.new_count == 0
    assert not Article.objects.exists()


def test_missing_column_refuses_the_file(table, now):
    with pytest.raises(ArticleRefusedError):
        taken(table("a,b", header="编号,标题"), now)


def test_row_of_a_known_article_is_its_next_version(table, now):
    taken(table(GOOD), now, is_reviewed=True)

    same = taken(table(GOOD), now)
    other = taken(table(GOOD.replace("拨打客服", "拨打新号码")), now)

    assert (same.unchanged_count, same.changed_count) == (1, 0)
    assert (other.unchanged_count, other.changed_count) == (0, 1)
    assert Article.objects.get().versions.count() == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_table_comes_back_unchanged(tmp_path, now, ending):
    published_article(
        title="=停水怎么办", questions="停水找谁\n没水了", steps="- 先看公告\n- 再拨打客服"
    )
    file = tmp_path / f"articles.{ending}"
    write_table(file, article_table(ArticleFilters()))

    done = taken(file, now)

    assert (done.new_count, done.changed_count, done.unchanged_count) == (0, 0, 1)
