"""What is wrong with a definition, in one sentence with its cure; doubts and departures of figures."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.connectors.indicators.definition_files import DefinitionFileError
from civicloop.engines.indicators.faults import Fault
from civicloop.engines.indicators.guards import Doubt
from civicloop.engines.provenance.digests import shown
from civicloop.engines.provenance.following import Departure, Why

FAULTS: Mapping[Fault, Promise] = {
    Fault.TOO_LONG: gettext_lazy("the text is longer than %(most)s characters: shorten it"),
    Fault.TOO_BIG: gettext_lazy("it has more than %(most)s parts: split the indicator"),
    Fault.TOO_DEEP: gettext_lazy("it is nested more than %(most)s levels deep: take brackets out, or write “in (…)” for many “or”"),
    Fault.UNKNOWN_SIGN: gettext_lazy("“%(word)s” at character %(position)s is no sign of an expression: write numbers, 'texts', names, + - * / = != < <= > >= ( ) and words such as “and”"),
    Fault.UNFINISHED: gettext_lazy("the expression ends too early: complete it"),
    Fault.UNEXPECTED: gettext_lazy("“%(word)s” at character %(position)s cannot stand there: look at what comes before it"),
    Fault.UNKNOWN_NAME: gettext_lazy("“%(word)s” is not known; there are: %(known)s"),
    Fault.UNKNOWN_FUNCTION: gettext_lazy("there is no function “%(word)s”; in formulas there is: %(known)s"),
    Fault.LONG_NUMBER: gettext_lazy("the number %(word)s has more than %(most)s digits: shorten it"),
    Fault.WRONG_TYPE: gettext_lazy("at character %(position)s stands a %(found)s where a %(wanted)s is needed: compare it, or name another column"),
    Fault.NO_DIVISION: gettext_lazy("“%(word)s” at character %(position)s is not done row by row: give numerator and denominator, or a formula over indicators"),
    Fault.TOO_PRECISE: gettext_lazy("the numbers at character %(position)s can grow beyond %(most)s digits: use fewer decimals"),
    Fault.WRONG_DIGITS: gettext_lazy("“%(word)s” is no number of decimals: write 0 to %(most)s"),
    Fault.MISSING: gettext_lazy("it is missing: add it"),
    Fault.UNKNOWN_FIELD: gettext_lazy("no such field is known: take it out, or correct it to one of %(known)s"),
    Fault.WRONG_VALUE: gettext_lazy("“%(word)s” is none of its values; write: %(known)s"),
    Fault.WRONG_COMBINATION: gettext_lazy("it does not go with %(other)s: keep one of them, or make them agree"),
    Fault.UNKNOWN_TABLE: gettext_lazy("there is no table “%(word)s”; there are: %(known)s"),
    Fault.UNKNOWN_INDICATOR: gettext_lazy("there is no indicator “%(word)s”: define it, or correct the code"),
    Fault.CYCLE: gettext_lazy("the formulas use each other in a circle: %(path)s: take one of the steps out"),
    Fault.TOO_MANY: gettext_lazy("there is more than %(most)s of it: split it"),
    Fault.SAME_PERSON: gettext_lazy("author and checker are the same: let another person check it"),
    Fault.NOT_READABLE: gettext_lazy("the file is not TOML in UTF-8 (%(word)s): correct it"),
}  # fmt: skip


def word_definition_error(error: DefinitionFileError) -> str:
    """File, line, indicator and field, then what is wrong and the cure."""
    fault = error.error
    place = [error.file]
    if error.line:
        place.append(_("line %(line)s") % {"line": error.line})
    place += [each for each in (fault.code, fault.field) if each]
    return ", ".join(place) + ": " + str(FAULTS[fault.fault]) % fault.params


DOUBTS: Mapping[str, Promise] = {
    Doubt.UNIT_JUMP: gettext_lazy("about %(factor)s times what it was before: is the unit right?"),
    Doubt.BELOW_BOUND: gettext_lazy("below %(bound)s, which cannot be"),
    Doubt.ABOVE_BOUND: gettext_lazy("above %(bound)s, which cannot be"),
    Doubt.NOT_WHOLE: gettext_lazy("a count that is not whole"),
    Doubt.STALE: gettext_lazy("newer data should be there since %(day)s"),
    Doubt.AREAS_MISSING: gettext_lazy("without these areas: %(areas)s"),
    Doubt.MEMBERS_SILENT: gettext_lazy("these did not report: %(members)s"),
    Doubt.PARTS_APART: gettext_lazy("its parts add up to %(sum)s: %(parts)s"),
}
WHY: Mapping[Why, Promise] = {
    Why.DEFINITION_CHANGED: gettext_lazy(
        "the text of the definition was changed after it was kept"
    ),
    Why.FACTS_LOST: gettext_lazy("a file of facts is gone"),
    Why.FACTS_CHANGED: gettext_lazy("a file of facts was changed"),
    Why.ROWS_CHANGED: gettext_lazy("a row that was recorded before was changed"),
    Why.FIGURE_CHANGED: gettext_lazy("the stored figure is not what its inputs give"),
    Why.NOT_COMPUTED: gettext_lazy("its inputs give no such figure"),
}
_DIGEST = 64


def word_doubt(doubt: Mapping[str, object]) -> str:
    """What somebody should check about a figure."""
    params = {
        name: ", ".join(map(str, each)) if isinstance(each, list) else each
        for name, each in doubt.items()
    }
    return str(DOUBTS[str(doubt["code"])]) % params


def word_departure(departure: Departure) -> str:
    """Why a figure no longer follows, with what is stored and what was found."""
    words = f"{WHY[departure.why]} ({departure.what})"
    if departure.stored or departure.found:
        words += f": {_short(departure.stored)} ≠ {_short(departure.found)}"
    return words


def _short(text: str) -> str:
    return shown(text) if len(text) == _DIGEST else text[:120]
