"""Which of several limits binds.

A statute or sector rule beats the city's preset, whether it is longer or shorter, and the caller
must then be told the legal limit (Jinan 12345 regulation Art. 24). A leader may only shorten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum

from civicloop.engines.clocks.calendar import WorkCalendar
from civicloop.engines.clocks.deadline import deadline
from civicloop.engines.clocks.spans import in_utc
from civicloop.engines.clocks.values import Deadline, Extension, Limit, Pause, Step, StepKind


class Basis(StrEnum):
    """On whose word a limit binds."""

    PRESET = "preset"
    STATUTE = "statute"
    LEADER = "leader"


class NoLimitError(ValueError):
    """Nothing sets a limit."""


class LeaderMayOnlyShortenError(ValueError):
    """A leader's instruction would end later than the limit that binds already."""

    def __init__(self, asked_at: datetime, due_at: datetime) -> None:
        self.asked_at = asked_at
        self.due_at = due_at
        super().__init__(f"{asked_at.isoformat()} is not before {due_at.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A leader's shorter limit and the moment from which it counts."""

    limit: Limit
    given_at: datetime
    extensions: Sequence[Extension] = ()  # granted since


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The limit that binds."""

    limit: Limit
    basis: Basis
    deadline: Deadline
    must_tell_caller: bool  # a statute replaced what the city promises


def binding_limit(
    preset: Limit | None,
    started_at: datetime,
    calendar: WorkCalendar,
    *,
    zone: tzinfo,
    statute: Limit | None = None,
    instruction: Instruction | None = None,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Binding:
    """The limit that binds among the city's, a statute's and a leader's.

    Args:
        preset: the city's own limit; none where only a statute sets one.
        started_at: the event.
        calendar: the worked days and hours.
        zone: where the days are.
        statute: the limit of a statute or sector rule, if one sets any.
        instruction: a leader's; it binds as long as it ends earlier than what it shortens.
        pauses: as for `deadline`.
        extensions: granted for the limit itself; those of an instruction are its own.

    Raises:
        NoLimitError: there is neither a preset nor a statute.
        MissingCalendarYearError, InvalidLimitError: as `deadline`.
    """
    limit = statute or preset
    if limit is None:
        raise NoLimitError("neither the city nor a statute sets a limit")
    own = deadline(limit, started_at, calendar, zone=zone, pauses=pauses, extensions=extensions)
    must_tell = statute is not None and statute != preset
    if instruction is not None:
        asked = _instructed(instruction, calendar, zone, pauses)
        if in_utc(asked.due_at) < in_utc(own.due_at):
            told = Step(kind=StepKind.SHORTENED, at=own.due_at)
            return Binding(
                limit=instruction.limit,
                basis=Basis.LEADER,
                deadline=replace(asked, steps=(*asked.steps[:-1], told, asked.steps[-1])),
                must_tell_caller=must_tell,
            )
    basis = Basis.STATUTE if statute else Basis.PRESET
    return Binding(limit=limit, basis=basis, deadline=own, must_tell_caller=must_tell)


def refuse_longer(
    instruction: Instruction,
    *,
    due_at: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
) -> None:
    """Refuse an instruction that would not shorten what binds already.

    Raises:
        LeaderMayOnlyShortenError: it would end at the same moment or later.
        MissingCalendarYearError, InvalidLimitError: as `deadline`.
    """
    asked = _instructed(instruction, calendar, zone, pauses)
    if in_utc(asked.due_at) >= in_utc(due_at):
        raise LeaderMayOnlyShortenError(asked.due_at, due_at)


def _instructed(
    instruction: Instruction, calendar: WorkCalendar, zone: tzinfo, pauses: Sequence[Pause]
) -> Deadline:
    return deadline(
        instruction.limit,
        instruction.given_at,
        calendar,
        zone=zone,
        pauses=pauses,
        extensions=instruction.extensions,
    )
