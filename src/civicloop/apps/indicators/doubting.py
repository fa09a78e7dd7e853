"""Look at a figure before it is kept: what should somebody check?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.figures import Figure
from civicloop.engines.indicators.guards import Doubt, impossible, jump_of
from civicloop.engines.indicators.parts import Apart

RECENT = 12
History = Mapping[tuple[str, str, str], Sequence[tuple[object, Decimal]]]


def doubts_of(
    definition: Definition, figure: Figure, history: History, apart: Sequence[Apart]
) -> list[dict[str, object]]:
    """Return the doubts about a figure, each a code with what it is about."""
    found: list[dict[str, object]] = []
    value = figure.worked.value
    if value is not None:
        beyond = impossible(value, definition)
        if beyond:
            found.append({"code": beyond[0], "bound": str(beyond[1])})
        key = (figure.code, figure.area, str(figure.period.kind))
        before = [each for last, each in history.get(key, ()) if last != figure.period.last]
        jump = jump_of(value, before[-RECENT:])
        if jump:
            found.append({"code": Doubt.UNIT_JUMP, "factor": str(jump)})
    if figure.worked.silent:
        found.append({"code": Doubt.MEMBERS_SILENT, "members": list(figure.worked.silent)})
    if figure.place and figure.place.missing:
        found.append({"code": Doubt.AREAS_MISSING, "areas": list(figure.place.missing)})
    return found + doubts_of_parts(apart)


def doubts_of_parts(apart: Sequence[Apart]) -> list[dict[str, object]]:
    """Return the doubts about a total whose parts do not add up to it."""
    return [
        {"code": Doubt.PARTS_APART, "parts": list(each.parts), "sum": str(each.sum)}
        for each in apart
    ]
