"""Formulas: from published figures of other indicators, and parameters, to a figure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.indicators.definitions import Definition, Formula, Parameters
from civicloop.engines.indicators.evaluating import value_of
from civicloop.engines.indicators.expressions import (
    COMPARISONS,
    Both,
    Expression,
    Minus,
    Name,
    Number,
    Rounded,
    Type,
    parts,
)
from civicloop.engines.indicators.faults import DefinitionError, ExpressionError, Fault


class NoEditionError(LookupError):
    """No edition of a formula's parameters is in force on a day, or more than one."""


def check_formula(formula: Expression) -> None:
    """Refuse what gives no number.

    Raises:
        ExpressionError: a text, a comparison or a choice stands in it.
    """
    waiting = [formula]
    while waiting:
        each = waiting.pop()
        is_compared = isinstance(each, Both) and each.sign in {*COMPARISONS, "and", "or"}
        if is_compared or not isinstance(each, Number | Name | Minus | Both | Rounded):
            position = getattr(each, "position", 1)
            raise ExpressionError(
                Fault.WRONG_TYPE, position=position, wanted=Type.NUMBER, found=Type.FLAG
            )
        waiting.extend(parts(each))


def has_whole(definition: Definition, known: Mapping[str, Definition]) -> bool:
    """Whether its areas are added up to a whole, or those of each figure that its formula uses.

    Args:
        definition: any indicator.
        known: all definitions, by their codes.
    """
    if not isinstance(definition.calculation, Formula):
        return definition.adds_up
    used = definition.calculation.uses.values()
    return bool(used) and all(code in known and has_whole(known[code], known) for code in used)


def edition_on(day: date, formula: Formula) -> Parameters | None:
    """Return the parameters in force on a day; None if the formula has none at all.

    Raises:
        NoEditionError: none is in force, or several are.
    """
    if not formula.editions:
        return None
    found = [
        each
        for each in formula.editions
        if (each.valid_from or date.min) <= day <= (each.valid_to or date.max)
    ]
    if len(found) != 1:
        raise NoEditionError(f"{len(found)} editions are in force on {day}, not one")
    return found[0]


def calculate(
    formula: Formula, figures: Mapping[str, Decimal | None], parameters: Parameters | None
) -> Fraction | None:
    """Evaluate a formula; None if a figure is missing.

    Args:
        formula: checked.
        figures: the published figures by the formula's own names.
        parameters: those in force.

    Raises:
        DividedByZeroError: it divides by zero.
    """
    known = {**figures, **(parameters.values if parameters else {})}
    if any(value is None for value in known.values()):
        return None
    row = {name: Fraction(value) for name, value in known.items() if value is not None}
    found = value_of(formula.formula, row)
    return found if isinstance(found, Fraction) else None


def in_order(definitions: Iterable[Definition]) -> list[Definition]:
    """Order definitions so that each follows those that its formula uses.

    Raises:
        DefinitionError: a formula uses an indicator that there is not, or itself by a detour.
    """
    known = {each.code: each for each in definitions}
    done: dict[str, Definition] = {}
    for code in known:
        _put(code, known, done)
    return list(done.values())


def _put(start: str, known: Mapping[str, Definition], done: dict[str, Definition]) -> None:
    """Walk down without recursion: a chain of formulas may be long."""
    path = [start]
    while path:
        code = path[-1]
        waiting = [used for used in _used(known[code]) if used not in done]
        for used in waiting:
            if used not in known:
                raise DefinitionError(
                    Fault.UNKNOWN_INDICATOR, code=code, field="uses", word=used[:80]
                )
            if used in path:
                circle = " → ".join([*path[path.index(used) :], used])
                raise DefinitionError(Fault.CYCLE, code=code, field="uses", path=circle[:400])
        if waiting:
            path.append(waiting[0])
        else:
            done[code] = known[code]
            path.pop()


def _used(definition: Definition) -> list[str]:
    if isinstance(definition.calculation, Formula):
        return list(definition.calculation.uses.values())
    return []
