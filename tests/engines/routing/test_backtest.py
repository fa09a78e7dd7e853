from datetime import date

from civicloop.engines.routing.backtest import Backtest, Move, backtest
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Case, NoRuleReason, Rule, RuleBook

DAY = date(2023, 11, 14)


def book(*rules: tuple[str, str]) -> RuleBook:
    return RuleBook(
        Rule(number=number, topic=topic, lead=lead, level=Level.CITY)
        for number, (topic, lead) in enumerate(rules, start=1)
    )


def test_only_orders_that_would_go_elsewhere_are_listed() -> None:
    orders = [
        (key, Case(topic=topic, area="", day=DAY))
        for key, topic in [("a", "供水"), ("b", "噪声"), ("c", "噪声"), ("d", "住房")]
    ]

    result = backtest(
        book(("供水", "W"), ("噪声", "E")), book(("供水", "W"), ("噪声", "P")), orders
    )

    assert [(one.key, one.move) for one in result.moved] == [
        ("b", Move(before="E", after="P")),
        ("c", Move(before="E", after="P")),
    ]
    assert (result.orders, result.unchanged, result.unchanged_share) == (4, 2, 0.5)
    assert (result.moved[0].rule_before, result.moved[0].rule_after) == (2, 2)


def test_an_order_that_keeps_its_lead_and_gets_other_help_is_told_apart() -> None:
    def with_help(*units: str) -> RuleBook:
        return RuleBook([Rule(number=1, topic="噪声", lead="E", level=Level.CITY, assisting=units)])

    orders = [("a", Case(topic="噪声", area="", day=DAY))]

    changed = backtest(with_help("P", "H"), with_help("U", "H"), orders)
    in_another_order = backtest(with_help("P", "H"), with_help("H", "P"), orders)

    assert not changed.moved
    [one] = changed.otherwise_assisted
    assert (one.move, one.assists_no_more, one.assists_then) == (
        Move(before="E", after="E"), ("P",), ("U",),
    )  # fmt: skip
    assert changed.unchanged_share == 0
    assert in_another_order.unchanged_share == 1


def test_an_order_that_goes_elsewhere_says_who_would_help_there() -> None:
    before = RuleBook([Rule(number=1, topic="噪声", lead="E", level=Level.CITY, assisting=("P",))])
    after = RuleBook([Rule(number=1, topic="噪声", lead="P", level=Level.CITY, assisting=("E",))])

    result = backtest(before, after, [("a", Case(topic="噪声", area="", day=DAY))])

    [one] = result.moved
    assert (one.assists_no_more, one.assists_then) == (("P",), ("E",))
    assert not result.otherwise_assisted


def test_an_order_that_loses_its_rule_says_why() -> None:
    orders = [("a", Case(topic="供水", area="", day=DAY))]

    result = backtest(book(("供水", "W")), book(("供水", "W"), ("供水", "X")), orders)

    assert result.moved[0].move.after == ""
    assert result.moved[0].why_none == NoRuleReason.TIED


def test_nothing_changes_where_there_are_no_orders() -> None:
    assert Backtest().unchanged_share == 1
