"""What is wrong with a row of a table of observations, and its cure, in words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.indicators.observation_rows import COLUMNS, RowCode, RowProblem

REASONS: Mapping[RowCode, Promise] = {
    RowCode.EMPTY: _("This cell must be filled."),
    RowCode.TOO_LONG: _("The text is too long."),
    RowCode.UNKNOWN_SERIES: _("No indicator uses this series."),
    RowCode.UNKNOWN_AREA: _("This is no area."),
    RowCode.NO_PERIOD: _("This is no period."),
    RowCode.NOT_OVER: _("The period is not over yet."),
    RowCode.NO_NUMBER: _("This is no number."),
    RowCode.TOO_LARGE: _("The number is too large for the unit of the series."),
    RowCode.TOO_PRECISE: _("More than six decimals in the unit of the series."),
    RowCode.OTHER_UNIT: _("The series is in %(hint)s, and this unit cannot be turned into it."),
    RowCode.UNKNOWN_VINTAGE: _("This is no state of a value."),
    RowCode.TWICE: _("An earlier row states the same."),
    RowCode.UNIT_JUMP: _("About %(hint)s times the other values: is the unit right?"),
    RowCode.BELOW_BOUND: _("Below %(hint)s, which cannot be."),
    RowCode.ABOVE_BOUND: _("Above %(hint)s, which cannot be."),
    RowCode.NOT_WHOLE: _("A count that is not whole."),
    RowCode.PARTS_APART: _("A total is not the sum of its parts: %(hint)s."),
}
CURES: Mapping[RowCode, Promise] = {
    RowCode.EMPTY: _("Fill it in."),
    RowCode.TOO_LONG: _("Shorten it."),
    RowCode.UNKNOWN_SERIES: _("Write one of: %(hint)s."),
    RowCode.UNKNOWN_AREA: _("Write its code of 12 digits, or a known name."),
    RowCode.NO_PERIOD: _("Write 2023-10, 2023-01/P10M (January to October), 2023-Q3 or 2023."),
    RowCode.NOT_OVER: _("Wait for its end, or correct it."),
    RowCode.NO_NUMBER: _("Write digits only, or - where there is none."),
    RowCode.TOO_LARGE: _("Correct the number or the unit."),
    RowCode.TOO_PRECISE: _("Round it, or correct the unit."),
    RowCode.OTHER_UNIT: _("Correct the unit."),
    RowCode.UNKNOWN_VINTAGE: _("Write P (preliminary), R (revised) or F (final)."),
    RowCode.TWICE: _("Keep one of them."),
    RowCode.UNIT_JUMP: _("Correct it, or confirm that it is right."),
    RowCode.BELOW_BOUND: _("Correct it, or confirm that it is right."),
    RowCode.ABOVE_BOUND: _("Correct it, or confirm that it is right."),
    RowCode.NOT_WHOLE: _("Correct it, or confirm that it is right."),
    RowCode.PARTS_APART: _("Correct it, or confirm that it is stated so."),
}


class RowWords(NamedTuple):
    """A problem as the sender of the file reads it."""

    row: int
    column: str
    value: str
    reason: str
    cure: str


def word_observation_problems(problems: Iterable[RowProblem]) -> list[RowWords]:
    """Each problem with its row, column and cure."""
    return [
        RowWords(
            row=problem.row,
            column=COLUMNS[problem.column][0],
            value=problem.value,
            reason=str(REASONS[problem.code]) % {"hint": problem.hint},
            cure=str(CURES[problem.code]) % {"hint": problem.hint},
        )
        for problem in problems
    ]
