"""Which of several limits binds.

A statute or sector rule beats the city's preset, whether it is longer or shorter, and the caller
must then be told the legal limit (Jinan 12345 regulation Art. 24). A leader may only shorten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from civicloop.engines.clocks.calendar import WorkCalendar
from civicloop.engines.clocks.deadline import deadline
from civicloop.engines.clocks.spans import in_utc
from civicloop.engines.clocks.values import Deadline, Extension, Limit, Pause, Step, StepKind


class NoLimitError(ValueError):
    """Nothing sets a limit."""


class LeaderMayOnlyShortenError(ValueError):
    """A leader's instruction would end no earlier than the limit that binds already."""

    def __init__(self, asked_at: datetime, due_at: datetime) -> None:
        self.asked_at = asked_at
        self.due_at = due_at
        super().__init__(f"{asked_at.isoformat()} is not before {due_at.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveLimit:
    """The limit that holds by rule, before any leader's instruction."""

    limit: Limit
    is_statute: bool
    must_tell_caller: bool  # a statute replaced what the city promises


def effective_limit(preset: Limit | None, statute: Limit | None) -> EffectiveLimit:
    """The statute's limit where there is one, longer or shorter, else the city's.

    Raises:
        NoLimitError: there is neither.
    """
    if statute is not None:
        must_tell = preset is not None and preset != statute
        return EffectiveLimit(limit=statute, is_statute=True, must_tell_caller=must_tell)
    if preset is None:
        raise NoLimitError("neither the city nor a statute sets a limit")
    return EffectiveLimit(limit=preset, is_statute=False, must_tell_caller=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A leader's limit and the moment from which it counts."""

    limit: Limit
    given_at: datetime
    extensions: Sequence[Extension] = ()  # granted since


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The limit that binds in the end, and its deadline."""

    limit: Limit
    is_instructed: bool  # it is the leader's
    deadline: Deadline


def binding_limit(
    limit: Limit,
    started_at: datetime,
    calendar: WorkCalendar,
    *,
    zone: tzinfo,
    instruction: Instruction | None = None,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Binding:
    """The limit itself, or a leader's instruction for as long as that ends earlier.

    Args:
        limit: what holds by rule.
        started_at: the event.
        calendar: the worked days and hours.
        zone: where the days are.
        instruction: a leader's, if one was given.
        pauses: as for `deadline`.
        extensions: granted for the limit itself; those of an instruction are its own.

    Raises:
        MissingCalendarYearError, InvalidLimitError: as `deadline`.
    """
    own = deadline(limit, started_at, calendar, zone=zone, pauses=pauses, extensions=extensions)
    if instruction is not None:
        asked = _instructed(instruction, calendar, zone, pauses)
        if in_utc(asked.due_at) < in_utc(own.due_at):
            told = Step(kind=StepKind.SHORTENED, at=own.due_at)
            shorter = replace(asked, steps=(*asked.steps[:-1], told, asked.steps[-1]))
            return Binding(limit=instruction.limit, is_instructed=True, deadline=shorter)
    return Binding(limit=limit, is_instructed=False, deadline=own)


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
