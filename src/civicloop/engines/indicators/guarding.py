"""Which indicators give each other's small counts away, and so hide them together.

What a formula shows tells of what it uses. Figures that are shown beside their total tell of each other:
of 10 orders that were dispatched rightly, 9 of them automatically, 1 was dispatched by a person.
"""

from collections.abc import Iterable, Mapping

from civicloop.engines.indicators.definitions import Definition, Formula
from civicloop.engines.indicators.faults import DefinitionError, Fault


def guards_of(definition: Definition, known: Mapping[str, Definition]) -> list[Definition]:
    """Return the indicators whose small counts a figure would give away.

    They are its own, those of its formula, and those that make a total with one of these.

    Args:
        definition: any indicator.
        known: all definitions, by their codes; those that are not among them guard nothing.
    """
    found: dict[str, Definition] = {}
    seen, waiting = set(), [definition]
    while waiting:
        each = waiting.pop()
        if each.code in seen:
            continue
        seen.add(each.code)
        if isinstance(each.calculation, Formula):
            codes = set(each.calculation.uses.values())
        else:
            codes = _beside(each, known.values())
            if each.smallest_published:
                found[each.code] = each
        waiting.extend(known[code] for code in codes if code in known)
    return [found[code] for code in sorted(found)]


def refuse_odd_guards(definitions: Iterable[Definition]) -> None:
    """Refuse to hide something with an indicator that there is not.

    Raises:
        DefinitionError: so it is, or one that hides nothing hides with another.
    """
    known = {each.code: each for each in definitions}
    for each in known.values():
        for code in each.hides_with:
            if code not in known:
                fault = Fault.UNKNOWN_INDICATOR
                raise DefinitionError(fault, code=each.code, field="hides_with", word=code[:80])
            if not known[code].smallest_published:
                fault, other = Fault.WRONG_COMBINATION, f"{code}.smallest_published"[:80]
                raise DefinitionError(fault, code=each.code, field="hides_with", other=other)


def _beside(definition: Definition, known: Iterable[Definition]) -> set[str]:
    code, found = definition.code, set(definition.hides_with)
    for each in known:
        if code in each.hides_with:
            found.add(each.code)
        for parts in each.parts:
            if code in parts:
                found |= set(parts)
    return found
