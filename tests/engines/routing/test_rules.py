from datetime import date

import pytest

from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import (
    Case,
    Choice,
    ChosenBy,
    Finer,
    NoRule,
    NoRuleReason,
    Rule,
    RuleBook,
)

DAY = date(2023, 11, 14)


def rule(number: int, topic: str, lead: str, **fields) -> Rule:
    return Rule(number=number, topic=topic, lead=lead, **{"level": Level.CITY} | fields)


def case(topic: str, area: str = "", day: date = DAY) -> Case:
    return Case(topic=topic, area=area, day=day)


def chosen(rules: list[Rule], asked: Case) -> Choice:
    choice = RuleBook(rules).choose(asked)
    assert isinstance(choice, Choice)
    return choice


def test_the_deeper_topic_wins_over_the_smaller_area() -> None:
    rules = [rule(1, "环境", "COUNTY", area="990101"), rule(2, "环境/噪声", "POLICE")]

    choice = chosen(rules, case("环境/噪声/施工", "990101002"))

    assert choice.rule.number == 2
    assert [each.number for each in choice.matched] == [2, 1]
    assert choice.chosen_by == ChosenBy.MOST_SPECIFIC


def test_the_smaller_area_wins_within_one_topic() -> None:
    rules = [rule(1, "环境", "CITY"), rule(2, "环境", "COUNTY", area="990101", level=Level.COUNTY)]

    assert chosen(rules, case("环境", "990101002")).rule.lead == "COUNTY"
    assert chosen(rules, case("环境", "990102")).rule.lead == "CITY"


def test_a_topic_is_matched_by_whole_names() -> None:
    assert isinstance(RuleBook([rule(1, "环境", "A")]).choose(case("环境卫生")), NoRule)


def test_a_rule_holds_on_its_days_alone_the_last_included() -> None:
    rules = [rule(1, "", "A", valid_from=date(2023, 1, 1), valid_to=date(2023, 11, 14))]

    assert isinstance(RuleBook(rules).choose(case("环境", day=date(2023, 11, 14))), Choice)
    assert isinstance(RuleBook(rules).choose(case("环境", day=date(2023, 11, 15))), NoRule)
    assert isinstance(RuleBook(rules).choose(case("环境", day=date(2022, 12, 31))), NoRule)


def test_the_city_leads_and_the_county_assists_where_both_are_equally_specific() -> None:
    rules = [
        rule(1, "环境", "COUNTY", area="990101", level=Level.COUNTY),
        rule(2, "环境", "CITY", area="990101", assisting=("POLICE",)),
    ]

    choice = chosen(rules, case("环境", "990101"))

    assert choice.rule.lead == "CITY"
    assert choice.assisting == ("POLICE", "COUNTY")
    assert choice.chosen_by == ChosenBy.HIGHER_LEVEL


def test_two_units_of_one_level_are_tied_and_nothing_is_chosen() -> None:
    choice = RuleBook([rule(1, "环境", "A"), rule(2, "环境", "B")]).choose(case("环境"))

    assert isinstance(choice, NoRule)
    assert choice.reason == NoRuleReason.TIED
    assert [each.number for each in choice.matched] == [1, 2]


@pytest.mark.parametrize(
    ("topic", "reason"), [("", NoRuleReason.NO_TOPIC), ("住房", NoRuleReason.NONE_MATCHES)]
)
def test_no_rule_says_whether_the_topic_is_missing(topic: str, reason: NoRuleReason) -> None:
    choice = RuleBook([rule(1, "环境", "A")]).choose(case(topic))

    assert isinstance(choice, NoRule)
    assert choice.reason == reason


def test_an_unknown_area_is_told_where_it_would_make_a_difference() -> None:
    rules = [rule(1, "环境", "CITY"), rule(2, "环境", "COUNTY", area="990101", level=Level.COUNTY)]

    assert chosen(rules, case("环境", "9901")).finer == {Finer.AREA}
    assert chosen(rules, case("环境", "990102")).finer == frozenset()


def test_a_topic_that_is_not_deep_enough_is_told() -> None:
    rules = [rule(1, "环境", "A"), rule(2, "环境/噪声/施工", "B")]

    assert chosen(rules, case("环境/噪声")).finer == {Finer.TOPIC}
    assert chosen(rules, case("环境/大气")).finer == frozenset()
