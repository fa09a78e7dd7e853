"""What is wrong with a row of a table of articles, and its cure, in words."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.knowledge.article_rows import COLUMNS, RowCode, RowProblem

REASONS: dict[RowCode, str | Promise] = {
    RowCode.EMPTY: _("This cell must be filled."),
    RowCode.TOO_LONG: _("The text is too long."),
    RowCode.NUMBER_TWICE: _("The number stands in an earlier row too."),
    RowCode.UNKNOWN_NUMBER: _("No article has this number."),
    RowCode.UNKNOWN_UNIT: _("No unit, or more than one, is known by this."),
    RowCode.UNKNOWN_TOPIC: _("The topic tree has no such topic."),
    RowCode.UNKNOWN_AREA: _("No area, or more than one, is known by this."),
    RowCode.UNKNOWN_AUDIENCE: _("This is no audience."),
    RowCode.NO_DAY: _("This is no day."),
    RowCode.ENDS_TOO_EARLY: _("The last valid day lies before the first."),
    RowCode.NO_ADDRESS: _("This is no address of a web page."),
}
CURES: dict[RowCode, str | Promise] = {
    RowCode.EMPTY: _("Fill it in."),
    RowCode.TOO_LONG: _("Shorten it."),
    RowCode.NUMBER_TWICE: _("Keep one row for each article."),
    RowCode.UNKNOWN_NUMBER: _("Leave the number empty for a new article."),
    RowCode.UNKNOWN_UNIT: _("Write the unit's code or its full name."),
    RowCode.UNKNOWN_TOPIC: _("Write its path, such as 水电气暖/供水/停水, or its code."),
    RowCode.UNKNOWN_AREA: _("Write its code; leave it empty for the whole city."),
    RowCode.UNKNOWN_AUDIENCE: _("Write 公开 (public) or 内部 (internal)."),
    RowCode.NO_DAY: _("Write it like 2024-03-05."),
    RowCode.ENDS_TOO_EARLY: _("Correct one of the two days."),
    RowCode.NO_ADDRESS: _("Begin it with https:// or leave it empty."),
}


class RowWords(NamedTuple):
    """A problem as the sender of the file reads it."""

    row: int
    column: str
    value: str
    reason: str
    cure: str


def word_row_problems(problems: Iterable[RowProblem]) -> list[RowWords]:
    """Each problem with its row, column and cure."""
    return [
        RowWords(
            row=problem.row,
            column=COLUMNS[problem.column][0],
            value=problem.value,
            reason=str(REASONS[problem.code]),
            cure=str(CURES[problem.code]),
        )
        for problem in problems
    ]
