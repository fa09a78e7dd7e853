"""Say in words what went wrong with a file or a row, and how to mend it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.apps.intake.models import ImportRun
from civicloop.apps.intake.wording_of_files import FILE_REASONS, MAPPING_REASONS
from civicloop.apps.intake.wording_of_rows import CURES, REASONS
from civicloop.apps.places.reference_files import ReferenceCode, ReferenceProblem
from civicloop.connectors.spreadsheets import NoteCode, UnreadableFileError

Words = str | Promise

WARNINGS: dict[str, Words] = {
    "unknown_channel": gettext_lazy("channel not known, taken as “other”"),
    "unknown_kind": gettext_lazy("kind not known, taken as “other”"),
    "unknown_area": gettext_lazy("area not known, left empty"),
    "partly_known_area": gettext_lazy("only the beginning of the area known, the rest left out"),
    "unknown_topic": gettext_lazy("topic not in the tree, left empty"),
    "partly_known_topic": gettext_lazy("only the upper levels of the topic known"),
    "missing_time": gettext_lazy("no time of receipt, the time of the import taken"),
}
SET_ASIDE: dict[str, Words] = {
    NoteCode.TITLE: gettext_lazy("title above the header"),
    NoteCode.HEADER: gettext_lazy("header"),
    NoteCode.REPEATED_HEADER: gettext_lazy("header repeated"),
    NoteCode.TOTAL: gettext_lazy("total"),
    NoteCode.REMARK: gettext_lazy("remark"),
    NoteCode.BLANK: gettext_lazy("blank row"),
    NoteCode.SKIPPED_SHEET: gettext_lazy("sheet without appeals"),
    NoteCode.REPEATED_VALUE: gettext_lazy("merged cell, its value taken for each of its rows"),
}
REFERENCE: dict[ReferenceCode, Words] = {
    ReferenceCode.MISSING_COLUMN: gettext_lazy("the column “%(column)s” is missing"),
    ReferenceCode.EMPTY: gettext_lazy("“%(column)s” is empty"),
    ReferenceCode.TOO_LONG: gettext_lazy(
        "“%(value)s” is too long for “%(column)s”, or holds a “/”"
    ),
    ReferenceCode.WRONG_CODE: gettext_lazy("“%(value)s” is no area code of up to 12 digits"),
    ReferenceCode.UNKNOWN_LEVEL: gettext_lazy("“%(value)s” is no level"),
    ReferenceCode.UNKNOWN_AREA: gettext_lazy("no area has the code “%(value)s”; load areas first"),
    ReferenceCode.UNKNOWN_PARENT: gettext_lazy("the area that “%(value)s” lies in is missing"),
    ReferenceCode.UNKNOWN_UNIT: gettext_lazy("no unit is called “%(value)s”; load units first"),
    ReferenceCode.WRONG_DAY: gettext_lazy(
        "“%(value)s” is no special day of this year: write it like 2027-01-01; a make-up workday "
        "is a Saturday or Sunday; one table holds one year"
    ),
    ReferenceCode.UNKNOWN_DAY_KIND: gettext_lazy("“%(value)s” is neither 放假 nor 上班"),
    ReferenceCode.GAP_IN_LEVELS: gettext_lazy("a third level without a second"),
    ReferenceCode.TWICE: gettext_lazy("“%(value)s” stands in two rows"),
    ReferenceCode.NO_DAY: gettext_lazy("“%(value)s” in “%(column)s” is no day (YYYY-MM-DD)"),
    ReferenceCode.NEITHER_YES_NOR_NO: gettext_lazy(
        "“%(value)s” in “%(column)s” is neither yes nor no"
    ),
    ReferenceCode.UNKNOWN_CASE: gettext_lazy(
        "“%(value)s” in “%(column)s” is no case of limits: write utilities (水电气热), complex (复杂), or nothing"
    ),
    ReferenceCode.FORMULA_WITHOUT_VALUE: gettext_lazy(
        "“%(column)s” holds a formula that was never computed: open and save the file, or write the value"
    ),
    ReferenceCode.TOO_MANY_CELLS: gettext_lazy(
        "more cells than the header has: a comma too many moves them, put such text in quotation marks"
    ),
    ReferenceCode.UNCLOSED_QUOTE: gettext_lazy(
        "a quotation mark is not closed: the rest of the file lies in one cell"
    ),
    ReferenceCode.UNREADABLE_CHARACTERS: gettext_lazy(
        "characters of “%(column)s” cannot be read: save the file as UTF-8"
    ),
}


def word_problem(problem: Mapping[str, Any]) -> str:
    """Why a row was rejected, from one of its kept problems."""
    words = REASONS.get(problem["code"])
    value = problem.get("value", "")
    return _fill(words, {**problem["params"], "value": value}) if words else problem["code"]


def word_cure(problem: Mapping[str, Any]) -> str:
    """What the sender can do about it."""
    words = CURES.get(problem["code"])
    return _fill(words, {**problem["params"], "value": problem.get("value", "")}) if words else ""


def word_failure(failure: Mapping[str, Any]) -> str:
    """Why a whole import failed, from its kept failure."""
    code, params = failure["code"], failure["params"]
    if failure["kind"] == "rows":
        count = int(params["count"])
        return ngettext(
            "%(count)s row is bad, so nothing was imported.",
            "%(count)s rows are bad, so nothing was imported.",
            count,
        ) % {"count": f"{count:,}"}
    if failure["kind"] == "mapping":
        return _word_mapping(code, params, failure["line"])
    return _filled(FILE_REASONS, code, params)


def word_unreadable_file(error: UnreadableFileError) -> str:
    return _filled(FILE_REASONS, error.code.value, error.params)


def _word_mapping(code: str, params: Mapping[str, str], line: int) -> str:
    words = _filled(MAPPING_REASONS, code, params)
    if not line:
        return _("Mapping file: %(words)s") % {"words": words}
    return _("Mapping file, line %(line)s: %(words)s") % {"line": line, "words": words}


def _filled(reasons: Mapping[str, Words], code: str, params: Mapping[str, str]) -> str:
    """The words with their parameters; a code that is newer than the words stands for itself."""
    return _fill(reasons[code], params) if code in reasons else code


def _fill(words: Words, params: Mapping[str, str]) -> str:
    """Put the parameters in; what was kept by an earlier version may lack some."""
    return str(words) % defaultdict(str, params)


def word_warning(code: str, count: int) -> str:
    """What an import took the liberty to do, and in how many rows."""
    words = WARNINGS.get(code, code)
    return ngettext("%(count)s row: %(words)s", "%(count)s rows: %(words)s", count) % {
        "count": f"{count:,}",
        "words": words,
    }


def word_elsewhere(run: ImportRun) -> list[str]:
    """A sentence when rows that count as new stand already under another source."""
    return [
        _(
            "%(count)s of the first %(of)s new rows stand already, with the same number and text, "
            "under the source “%(source)s”; here they count as new, under “%(own)s”. If both are "
            "one system, import the file under “%(source)s”: with --source, in the box “Source” "
            "of the import page, or as source in the mapping file."
        )
        % {**found, "own": run.source}
        for found in run.preview.get("elsewhere", [])
    ]


def word_set_aside(code: str, count: int) -> str:
    """Which rows are no appeals, and how many."""
    words = SET_ASIDE.get(code, code)
    return ngettext("%(count)s row: %(words)s", "%(count)s rows: %(words)s", count) % {
        "count": f"{count:,}",
        "words": words,
    }


def word_reference_problems(problems: Sequence[ReferenceProblem]) -> str:
    """One line for each row that is wrong."""
    return "\n".join(
        _("row %(row)s: %(words)s")
        % {
            "row": problem.row,
            "words": str(REFERENCE[problem.code])
            % {"column": problem.column, "value": problem.value},
        }
        for problem in problems
    )
