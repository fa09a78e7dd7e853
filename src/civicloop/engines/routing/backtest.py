"""What a changed directory would have changed: the orders of the past that would go elsewhere."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from civicloop.engines.routing.rules import Case, Choice, NoRule, NoRuleReason, RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From which unit to which; "" stands for no unit."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One order that would go elsewhere, with the rules that decide."""

    key: str
    case: Case
    move: Move
    rule_before: int | None
    rule_after: int | None
    why_none: NoRuleReason | None  # where the changed rules name nobody


@dataclass(slots=True, kw_only=True)
class Backtest:
    """The comparison of two sets of rules on the same orders."""

    orders: int = 0
    unchanged: int = 0
    moved: list[Moved] = field(default_factory=list)

    @property
    def unchanged_share(self) -> float:
        """Share of the orders that would go where they went; 1 where there are none."""
        return self.unchanged / self.orders if self.orders else 1.0


def backtest(before: RuleBook, after: RuleBook, orders: Iterable[tuple[str, Case]]) -> Backtest:
    """Ask both sets of rules about every order.

    Args:
        before: The rules in force.
        after: The changed rules.
        orders: Each order's key and case; equal cases are asked about once.
    """
    result = Backtest()
    known: dict[Hashable, tuple[Choice | NoRule, Choice | NoRule]] = {}
    for key, case in orders:
        result.orders += 1
        asked = (case.topic, case.area, case.day)
        if asked not in known:
            known[asked] = (before.choose(case), after.choose(case))
        old, new = known[asked]
        move = Move(before=_lead(old), after=_lead(new))
        if move.before == move.after:
            result.unchanged += 1
            continue
        result.moved.append(
            Moved(
                key=key,
                case=case,
                move=move,
                rule_before=_number(old),
                rule_after=_number(new),
                why_none=new.reason if isinstance(new, NoRule) else None,
            )
        )
    return result


def _lead(choice: Choice | NoRule) -> str:
    return choice.rule.lead if isinstance(choice, Choice) else ""


def _number(choice: Choice | NoRule) -> int | None:
    return choice.rule.number if isinstance(choice, Choice) else None
