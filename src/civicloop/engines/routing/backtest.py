"""What a changed directory would have changed: the orders of the past that would go elsewhere."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace

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
    assists_no_more: tuple[str, ...] = ()
    assists_then: tuple[str, ...] = ()  # units that would assist and do not now


@dataclass(slots=True, kw_only=True)
class Backtest:
    """The comparison of two sets of rules on the same orders."""

    orders: int = 0
    unchanged: int = 0
    moved: list[Moved] = field(default_factory=list)  # another unit would lead
    otherwise_assisted: list[Moved] = field(default_factory=list)  # the lead stays

    @property
    def unchanged_share(self) -> float:
        """Share of the orders whose units all stay; 1 where there are none."""
        return self.unchanged / self.orders if self.orders else 1.0


def backtest(before: RuleBook, after: RuleBook, orders: Iterable[tuple[str, Case]]) -> Backtest:
    """Ask both sets of rules about every order.

    Args:
        before: The rules in force.
        after: The changed rules.
        orders: Each order's key and case; equal cases are asked about once.
    """
    result = Backtest()
    known: dict[Hashable, Moved] = {}
    for key, case in orders:
        result.orders += 1
        asked = (case.topic, case.area, case.day)
        if asked not in known:
            known[asked] = _compared(key, case, before.choose(case), after.choose(case))
        one = known[asked]
        if one.move.before != one.move.after:
            result.moved.append(replace(one, key=key, case=case))
        elif one.assists_no_more or one.assists_then:
            result.otherwise_assisted.append(replace(one, key=key, case=case))
        else:
            result.unchanged += 1
    return result


def _compared(key: str, case: Case, old: Choice | NoRule, new: Choice | NoRule) -> Moved:
    before, after = _assisting(old), _assisting(new)
    return Moved(
        key=key,
        case=case,
        move=Move(before=_lead(old), after=_lead(new)),
        rule_before=_number(old),
        rule_after=_number(new),
        why_none=new.reason if isinstance(new, NoRule) else None,
        assists_no_more=tuple(sorted(before - after)),
        assists_then=tuple(sorted(after - before)),
    )


def _assisting(choice: Choice | NoRule) -> frozenset[str]:
    return frozenset(choice.assisting) if isinstance(choice, Choice) else frozenset()


def _lead(choice: Choice | NoRule) -> str:
    return choice.rule.lead if isinstance(choice, Choice) else ""


def _number(choice: Choice | NoRule) -> int | None:
    return choice.rule.number if isinstance(choice, Choice) else None
