"""Bring in articles from a table: good rows or nothing, each as a version that waits for a review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import OnError
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.knowledge.actions.reviewing import approve_article, submit_article
from civicloop.apps.knowledge.actions.writing import (
    newest_version,
    rewrite_article,
    write_article,
)
from civicloop.apps.knowledge.article_rows import (
    COLUMNS,
    REQUIRED,
    ArticleRow,
    ArticleRowReader,
    RowProblem,
)
from civicloop.apps.knowledge.models import Article
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.apps.places.reference_files import (
    ReferenceFileError,
    ReferenceRow,
    read_table_rows,
)
from civicloop.connectors.spreadsheets import UnreadableFileError


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedArticles:
    """What became of the rows of a table."""

    new_count: int
    changed_count: int
    unchanged_count: int
    problems: Sequence[RowProblem]
    is_refused: bool  # a row is bad and nothing was to go in then


@transaction.atomic
def import_articles(
    *,
    file: Path,
    on_error: str,
    author: User,
    now: datetime,
    reviewer: User | None = None,
) -> ImportedArticles:
    """Write the articles of a CSV file or workbook and hand them in for a review.

    A row with the number of a known article is its next version; without a number it is a new
    article. With a reviewer, who is not the author, the versions are published at once.

    Raises:
        ArticleRefusedError: author and reviewer are one, the file is no table, or a column that
            must be there is missing; nothing was written.
    """
    if reviewer == author:
        raise ArticleRefusedError(_("Author and reviewer must be two people."))
    day = timezone.localdate(now)
    rows = _read(file, day)
    known = {article.number: article for article in Article.objects.all()}
    reader = ArticleRowReader(set(known))
    read = [reader.read(row) for row in rows]
    good = [row for row in read if isinstance(row, ArticleRow)]
    problems = [problem for row in read if isinstance(row, list) for problem in row]
    is_refused = bool(problems) and on_error == OnError.ABORT
    written = (
        [] if is_refused else [_write(row, known.get(row.number), author, now) for row in good]
    )
    for article in written:
        if article:
            submit_article(article=article, actor=author, now=now)
            if reviewer:
                approve_article(article=article, actor=reviewer, now=now)
    new_count = sum(row.number not in known for row in good)
    changed_count = sum(article is not None for article in written) - new_count
    return ImportedArticles(
        new_count=0 if is_refused else new_count,
        changed_count=max(changed_count, 0),
        unchanged_count=written.count(None),
        problems=problems,
        is_refused=is_refused,
    )


def _read(file: Path, day: date) -> list[ReferenceRow]:
    try:
        return read_table_rows(file, columns=COLUMNS, required=REQUIRED, day=day)
    except ReferenceFileError as error:
        raise ArticleRefusedError(word_reference_problems(error.problems)) from None
    except UnreadableFileError as error:
        raise ArticleRefusedError(word_unreadable_file(error)) from None


def _write(row: ArticleRow, known: Article | None, author: User, now: datetime) -> Article | None:
    """The article as it is now; None when the row says what stands there already."""
    if known is None:
        return write_article(content=row.content, author=author, now=now, number=row.number)
    newest = newest_version(known)
    if not row.content.differs_from(newest):
        return None
    rewrite_article(article=known, content=row.content, base=newest, author=author, now=now)
    return known
