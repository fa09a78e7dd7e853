"""Whether more time may be granted: asked before due, so many times, so much at once and in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from civicloop.engines.clocks.spans import in_utc
from civicloop.engines.clocks.values import Extension, TimeUnit


class ExtensionRefusedError(ValueError):
    """More time may not be granted."""


class ExtensionAfterDueError(ExtensionRefusedError):
    """It was asked when the limit had already run out."""


class TooManyExtensionsError(ExtensionRefusedError):
    """As many as may be granted have been granted."""


class ExtensionTooLongError(ExtensionRefusedError):
    """It is longer than one extension may be."""


class ExtensionUnitError(ExtensionRefusedError):
    """It is counted in another unit than the rule allows, so the two cannot be compared."""


class LongCycleExceededError(ExtensionRefusedError):
    """With it the whole matter would take longer than even a long-cycle matter may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRule:
    """What a city or a statute allows. Lüliang: 3 of 3 working days; long-cycle 180 days in all."""

    count: int  # 0: none may be granted
    n: Decimal  # the most that one may be
    unit: TimeUnit
    longest_days: int | None = None  # calendar days from the start to the last day, at most


def check_extension(
    asked: Extension,
    *,
    asked_at: datetime,
    due_at: datetime,
    rule: ExtensionRule,
    granted: Sequence[Extension],
    started_day: date,
    last_day: date,
) -> None:
    """Refuse an extension that the rule does not allow; says nothing when it may be granted.

    Args:
        asked: how much more.
        asked_at: when it was asked; at the due moment itself is still in time.
        due_at: when the limit ends, with all that was granted before.
        rule: what is allowed.
        granted: what was granted before.
        started_day: the local day of the event.
        last_day: the last day with this extension.

    Raises:
        ExtensionAfterDueError, TooManyExtensionsError, ExtensionUnitError, ExtensionTooLongError,
        LongCycleExceededError: see each.
    """
    if in_utc(asked_at) > in_utc(due_at):
        raise ExtensionAfterDueError(f"asked {asked_at.isoformat()}, due {due_at.isoformat()}")
    if len(granted) >= rule.count:
        raise TooManyExtensionsError(f"{len(granted)} of {rule.count} have been granted")
    if asked.unit != rule.unit:
        raise ExtensionUnitError(f"asked in {asked.unit}, allowed in {rule.unit}")
    if asked.n > rule.n:
        raise ExtensionTooLongError(f"{asked.n} {asked.unit} is more than {rule.n}")
    if rule.longest_days is not None:
        latest = started_day + timedelta(days=rule.longest_days)
        if last_day > latest:
            raise LongCycleExceededError(f"{last_day} is after {latest}")
