from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.factories import published_article, writer_and_reviewer

from civicloop.apps.knowledge.models import Article, ArticleState

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One known article, exported."""
    published_article()
    call_command("export_articles", tmp_path / "articles.csv")
    return tmp_path / "articles.csv"


def test_rows_of_a_file_become_articles_of_the_two_users_named(file: Path, capsys):
    writer_and_reviewer()
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("\nK", "\nZS-"), encoding="utf-8")

    call_command("import_articles", file, author="writer", approved_by="reviewer")

    known = Article.objects.filter(number__startswith="ZS-")
    assert [article.state for article in known] == [ArticleState.PUBLISHED]


def test_bad_row_is_told_and_ends_in_an_error_when_nothing_was_to_go_in(file: Path, capsys):
    text = file.read_text(encoding="utf-8-sig")
    file.write_text(text.replace("2023-01-01", "someday"), encoding="utf-8")

    with pytest.raises(CommandError):
        call_command("import_articles", file, author="writer", on_error="abort")

    assert "someday" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nobody", "reviewer"])
def test_author_must_be_somebody_who_writes_articles(file: Path, name: str):
    with pytest.raises(CommandError):
        call_command("import_articles", file, author=name)
