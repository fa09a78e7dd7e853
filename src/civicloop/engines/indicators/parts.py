"""Totals that are published beside their parts: do the parts add up to them?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from civicloop.engines.indicators.definitions import Definition, Kind
from civicloop.engines.indicators.faults import DefinitionError, Fault

ADDITIVE = frozenset({Kind.COUNT, Kind.FLOW, Kind.STOCK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Parts that do not add up to their total."""

    total: Decimal
    parts: tuple[str, ...]  # codes of indicators
    sum: Decimal


def parts_of(total: Definition) -> list[str]:
    """Return the codes of all parts of a total."""
    return [code for parts in total.parts for code in parts]


def refuse_odd_parts(definitions: Iterable[Definition]) -> None:
    """Refuse parts that cannot be added up to their total.

    Raises:
        DefinitionError: a part is no indicator, is the total itself, or is in another unit.
    """
    known = {each.code: each for each in definitions}
    for total in known.values():
        for code in parts_of(total):
            if code not in known:
                fault = Fault.UNKNOWN_INDICATOR
                raise DefinitionError(fault, code=total.code, field="parts", word=code[:80])
            if code == total.code:
                path = f"{code} → {code}"
                raise DefinitionError(Fault.CYCLE, code=code, field="parts", path=path)
            if known[code].unit != total.unit:
                other = f"{code}.unit"[:80]
                fault = Fault.WRONG_COMBINATION
                raise DefinitionError(fault, code=total.code, field="parts", other=other)


def sums_apart(
    total: Definition,
    value: Decimal | None,
    values: Mapping[str, Decimal | None],
    known: Mapping[str, Definition],
) -> list[Apart]:
    """Return the lists of parts that do not add up to a total.

    Each number may be off by half of its last decimal, since it was rounded; a count may not.

    Args:
        total: names its parts.
        value: the total's.
        values: of the same area and period, by the codes of indicators; a list of which one is not
            known says nothing.
        known: the definitions of the parts, by their codes.
    """
    if value is None:
        return []
    found = []
    for parts in total.parts:
        numbers = [number for code in parts if (number := values.get(code)) is not None]
        if len(numbers) < len(parts):
            continue
        off = sum(map(_half, [total, *(known[code] for code in parts)]), Decimal())
        added = sum(numbers, Decimal())
        if abs(added - value) > off:
            found.append(Apart(total=value, parts=parts, sum=added))
    return found


def _half(definition: Definition) -> Decimal:
    """Return half of the last decimal of what was rounded."""
    if definition.kind is Kind.COUNT:
        return Decimal()
    return Decimal(5).scaleb(-definition.decimals - 1)
