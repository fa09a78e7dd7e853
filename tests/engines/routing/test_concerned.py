from dataclasses import replace
from datetime import date

import pytest

from civicloop.engines.routing.backtest import Move, backtest
from civicloop.engines.routing.concerned import concerned, county_of
from civicloop.engines.routing.conflicts import Frame, Problem, UnitFact, conflicts
from civicloop.engines.routing.deciding import (
    AskPerson,
    Automatic,
    BrokenRuleError,
    Circumstances,
    Policy,
    Reason,
    Suggestion,
    decide,
)
from civicloop.engines.routing.duties import Duties, NamedUnit
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Case, Choice, Finer, NoRule, Rule, RuleBook

DAY = date(2023, 11, 14)
EAST, WEST, NORTH = "990101", "990102", "990103"
CITY = UnitFact(code="CITY", level=Level.CITY, area="9901")
WATER = [
    UnitFact(code=f"WATER-{area}", level=Level.COUNTY, area=area) for area in (EAST, WEST)
]  # the north has none
UNITS = {one.code: one for one in (CITY, *WATER)}
DUTIES = Duties(
    [
        NamedUnit(fact=CITY, name="云河市水利局", area_names=("云河市",)),
        NamedUnit(fact=WATER[0], name="东区水利局", area_names=("东区", "云河市")),
        NamedUnit(fact=WATER[1], name="西区水利局", area_names=("西区", "云河市")),
    ]
)
FRAME = Frame(
    topics={"水", "水/河道"},
    areas={"9901", EAST, WEST, NORTH, f"{EAST}001"},
    units=UNITS,
    locate=DUTIES.unit_of,
)
ANYWHERE = Rule(number=1, topic="水", lead=concerned("水利局"), level=Level.COUNTY)


def choose(area: str, *rules: Rule) -> Choice | NoRule:
    book = RuleBook(rules or [ANYWHERE]).located(DUTIES.unit_of)
    return book.choose(Case(topic="水/河道", area=area, day=DAY))


def routed(area: str) -> Automatic | AskPerson:
    return decide(
        choose(area),
        Suggestion(ranked=(("WATER-990101", 0.9),)),
        circumstances=Circumstances(),
        policy=Policy(threshold=0.5),
        units=UNITS,
    )


@pytest.mark.parametrize(
    ("area", "county"), [("", ""), ("9901", ""), (EAST, EAST), (f"{EAST}001002", EAST)]
)
def test_the_county_of_an_area_is_its_first_six_digits(area: str, county: str) -> None:
    assert county_of(area) == county


def test_one_rule_leads_to_the_unit_of_each_county() -> None:
    east, west = choose(f"{EAST}001"), choose(WEST)

    assert isinstance(east, Choice)
    assert isinstance(west, Choice)
    assert (east.rule.lead, west.rule.lead) == ("WATER-990101", "WATER-990102")
    assert east.written_lead == west.written_lead == "@county/水利局"


def test_an_order_goes_by_itself_to_the_county_concerned() -> None:
    assert routed(f"{EAST}001") == Automatic(lead="WATER-990101", assisting=(), probability=0.9)


@pytest.mark.parametrize("area", ["", "9901"])
def test_a_case_without_a_county_waits_for_a_person(area: str) -> None:
    decision = routed(area)

    assert isinstance(decision, AskPerson)
    assert decision.reasons == (Reason.NO_COUNTY,)


def test_a_county_without_such_a_unit_fails_loudly() -> None:
    with pytest.raises(BrokenRuleError) as broken:
        routed(NORTH)

    assert (broken.value.rule, broken.value.unit) == (1, "@county/水利局")


def test_a_rule_for_the_county_that_has_none_comes_first() -> None:
    own = Rule(number=2, topic="水", area=NORTH, lead="CITY", level=Level.CITY)

    choice = choose(NORTH, ANYWHERE, own)

    assert isinstance(choice, Choice)
    assert choice.rule.number == 2


def test_the_county_assists_once_it_is_known() -> None:
    led_by_city = replace(ANYWHERE, lead="CITY", level=Level.CITY, assisting=(concerned("水利局"),))

    known, unknown = choose(WEST, led_by_city), choose("9901", led_by_city)

    assert isinstance(known, Choice)
    assert isinstance(unknown, Choice)
    assert (known.assisting, known.finer) == (("WATER-990102",), frozenset())
    assert (unknown.assisting, unknown.finer) == ((), frozenset({Finer.AREA}))


def test_a_rule_that_names_the_same_unit_leaves_nothing_open() -> None:
    named = Rule(number=2, topic="水", area=f"{EAST}001", lead="WATER-990101", level=Level.COUNTY)

    choice = choose(EAST, ANYWHERE, named)

    assert isinstance(choice, Choice)
    assert choice.finer == frozenset()


def test_counties_without_the_unit_are_a_warning_and_none_with_it_an_error() -> None:
    nobody = replace(ANYWHERE, number=2, topic="水/河道", lead=concerned("渔政站"))

    found = {
        (one.rule, one.problem, one.value, one.is_error)
        for one in conflicts([ANYWHERE, nobody], FRAME)
    }

    assert found == {
        (1, Problem.COUNTY_LACKS, NORTH, False),
        (2, Problem.UNKNOWN_UNIT, "@county/渔政站", True),
    }


def test_the_county_concerned_is_of_the_level_of_counties() -> None:
    [wrong, _warning] = conflicts([replace(ANYWHERE, level=Level.CITY)], FRAME)

    assert (wrong.problem, wrong.value) == (Problem.WRONG_LEVEL, Level.COUNTY)


def test_two_names_for_one_unit_are_no_tie() -> None:
    by_name = Rule(number=2, topic="水", area=EAST, lead="WATER-990101", level=Level.COUNTY)
    here = replace(ANYWHERE, area=EAST)

    met = [one.problem for one in conflicts([here, by_name], FRAME) if one.other]

    assert met == [Problem.UNREACHABLE]


def test_a_back_test_tells_to_which_county_an_order_would_go() -> None:
    before = RuleBook([Rule(number=1, topic="水", lead="CITY", level=Level.CITY)])
    after = RuleBook([ANYWHERE]).located(DUTIES.unit_of)
    orders = [(area, Case(topic="水", area=area, day=DAY)) for area in (EAST, WEST, "9901")]

    moves = [one.move for one in backtest(before, after, orders).moved]

    assert [move.after for move in moves] == ["WATER-990101", "WATER-990102", ""]
    assert {move.before for move in moves} == {"CITY"}
    assert Move(before="CITY", after="") in moves
