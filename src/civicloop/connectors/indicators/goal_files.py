"""Read a tree of goals from TOML: codes are opaque, what they mean is the city's to say.

code = "15886"
title = "…"
valid_from = 2026-01-01
source = "…"
[[goals]]
code = "1"
title = "…"
owner = "unit code"
deadline = 2026-12-31
measures = [{ indicator = "projects.done_share", green = 90, amber = 75 }]
[[goals.goals]]
…
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from civicloop.connectors.indicators.definition_files import (
    DefinitionFileError,
    line_of,
    read_toml,
)
from civicloop.engines.indicators.faults import DefinitionError, Fault
from civicloop.engines.indicators.fields import Fields

MOST_LEVELS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMeasure:
    """An indicator of a goal, with its target."""

    indicator: str
    area: str
    green: Decimal | None
    amber: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGoal:
    """A goal and those below it."""

    code: str
    title: str
    owner: str  # code of a unit; "": nobody yet
    deadline_day: date | None
    measures: tuple[ReadMeasure, ...]
    goals: "tuple[ReadGoal, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTreeFile:
    """A tree as a file says it."""

    code: str
    title: str
    valid_from: date
    source: str
    goals: tuple[ReadGoal, ...]


def read_goal_tree(text: str, file: str) -> GoalTreeFile:
    """Read a tree of goals.

    Raises:
        DefinitionFileError: it is none, two goals bear one code, or it is too deep.
    """
    try:
        return _tree(read_toml(text, file))
    except DefinitionError as error:
        raise DefinitionFileError(file, line_of(text, error.code, error.field), error) from None


def _tree(content: Mapping[str, object]) -> GoalTreeFile:
    fields = Fields("", content)
    valid_from = fields.day("valid_from")
    if valid_from is None:
        raise fields.error(Fault.MISSING, "valid_from")
    seen: set[str] = set()
    tree = GoalTreeFile(
        code=fields.text("code"),
        title=fields.text("title"),
        valid_from=valid_from,
        source=fields.text("source"),
        goals=tuple(_goal(each, 1, seen) for each in fields.tables("goals")),
    )
    fields.finish()
    if not tree.goals:
        raise fields.error(Fault.MISSING, "goals")
    return tree


def _goal(fields: Fields, level: int, seen: set[str]) -> ReadGoal:
    code = fields.text("code")
    if code in seen:
        raise fields.error(Fault.WRONG_VALUE, "code", word=code[:40], known="another code")
    if level > MOST_LEVELS:
        raise fields.error(Fault.TOO_DEEP, "goals", most=MOST_LEVELS)
    seen.add(code)
    goal = ReadGoal(
        code=code,
        title=fields.text("title"),
        owner=fields.text("owner", default=""),
        deadline_day=fields.day("deadline"),
        measures=tuple(map(_measure, fields.tables("measures"))),
        goals=tuple(_goal(each, level + 1, seen) for each in fields.tables("goals")),
    )
    fields.finish()
    return goal


def _measure(fields: Fields) -> ReadMeasure:
    measure = ReadMeasure(
        indicator=fields.text("indicator"),
        area=fields.text("area", default=""),
        green=fields.number("green"),
        amber=fields.number("amber"),
    )
    fields.finish()
    if (measure.green is None) is not (measure.amber is None):
        raise fields.error(Fault.MISSING, "green" if measure.green is None else "amber")
    return measure
