from datetime import date

import pytest

from civicloop.engines.routing.conflicts import Conflict, Frame, Problem, UnitFact, conflicts
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Rule

UNITS = {
    "CITY": UnitFact(code="CITY", level=Level.CITY, area="9901"),
    "COUNTY": UnitFact(code="COUNTY", level=Level.COUNTY, area="990101"),
    "TOWN": UnitFact(code="TOWN", level=Level.TOWNSHIP, area="990101001"),
}
FRAME = Frame(
    topics={"环境", "环境/噪声", "环境/大气"},
    areas={"9901", "990101", "990102", "990101001"},
    units=UNITS,
)
EVERYTHING = Rule(number=1, topic="环境", lead="CITY", level=Level.CITY)


def found(*rules: Rule) -> list[tuple[Problem, int | None, str]]:
    return [(one.problem, one.rule, one.value) for one in conflicts([EVERYTHING, *rules], FRAME)]


def rule(**fields) -> Rule:
    usual = {"number": 2, "topic": "环境/噪声", "lead": "CITY", "level": Level.CITY}
    return Rule(**usual | fields)


def test_rules_that_name_what_is_there_have_no_conflict() -> None:
    assert found(rule()) == []


@pytest.mark.parametrize(
    ("wrong", "problem", "value"),
    [
        ({"topic": "住房"}, Problem.UNKNOWN_TOPIC, "住房"),
        ({"area": "990199"}, Problem.UNKNOWN_AREA, "990199"),
        ({"lead": "GONE"}, Problem.UNKNOWN_UNIT, "GONE"),
        ({"assisting": ("GONE",)}, Problem.UNKNOWN_UNIT, "GONE"),
        ({"level": Level.COUNTY}, Problem.WRONG_LEVEL, "city"),
        (
            {"valid_from": date(2023, 2, 1), "valid_to": date(2023, 1, 31)},
            Problem.EMPTY_PERIOD,
            "",
        ),
        (
            {"lead": "TOWN", "level": Level.TOWNSHIP, "area": "990101001"},
            Problem.NOT_FOR_GRASSROOTS,
            "TOWN",
        ),
    ],
)
def test_what_cannot_run_is_an_error(wrong: dict, problem: Problem, value: str) -> None:
    assert (problem, 2, value) in found(rule(**wrong))
    assert all(one.is_error for one in conflicts([rule(**wrong)], FRAME) if one.rule)


def test_a_township_may_lead_where_the_rule_allows_it() -> None:
    allowed = rule(lead="TOWN", level=Level.TOWNSHIP, area="990101001", grassroots_allowed=True)

    assert found(allowed) == []


def test_two_equally_specific_rules_of_one_level_are_an_error() -> None:
    other = Rule(number=3, topic="环境", lead="COUNTY", level=Level.CITY)

    assert Conflict(problem=Problem.TIED, rule=3, other=1) in conflicts([EVERYTHING, other], FRAME)


def test_rules_whose_days_do_not_meet_are_not_tied() -> None:
    old = rule(topic="环境", valid_to=date(2023, 6, 30), lead="COUNTY", level=Level.COUNTY)
    new = rule(number=3, topic="环境", valid_from=date(2023, 7, 1), area="")
    old_and_new = conflicts([old, new], FRAME)

    assert not [one for one in old_and_new if one.other]


def test_a_city_and_a_county_rule_for_one_case_are_a_warning() -> None:
    county = rule(topic="环境", lead="COUNTY", level=Level.COUNTY)
    overlap = Conflict(problem=Problem.OVERLAP, rule=2, other=1)

    assert overlap in conflicts([EVERYTHING, county], FRAME)
    assert not overlap.is_error


def test_a_second_rule_for_the_same_unit_is_unreachable() -> None:
    assert (Problem.UNREACHABLE, 2, "") in found(rule(topic="环境"))


def test_a_unit_of_another_area_is_a_warning() -> None:
    assert (Problem.OUTSIDE_UNIT, 2, "COUNTY") in found(
        rule(lead="COUNTY", level=Level.COUNTY, area="990102")
    )


def test_a_topic_with_rules_for_some_areas_only_is_a_gap() -> None:
    somewhere = [rule(area="990101"), rule(number=3, topic="环境/大气")]

    gaps = [one.value for one in conflicts(somewhere, FRAME) if one.problem == Problem.GAP]

    assert gaps == ["环境/噪声"]
