from datetime import date

import pytest

from civicloop.engines.routing.conflicts import UnitFact
from civicloop.engines.routing.deciding import (
    AskPerson,
    Automatic,
    Basis,
    BrokenRuleError,
    Circumstances,
    Policy,
    Reason,
    Suggestion,
    decide,
)
from civicloop.engines.routing.levels import Level
from civicloop.engines.routing.rules import Case, Rule, RuleBook

UNITS = {
    code: UnitFact(code=code, level=level, area=area)
    for code, level, area in [
        ("WATER", Level.CITY, "9901"),
        ("POLICE", Level.CITY, "9901"),
        ("HOUSING", Level.CITY, "9901"),
        ("COUNTY", Level.COUNTY, "990101"),
        ("TOWN", Level.TOWNSHIP, "990101001"),
    ]
}
SURE = Suggestion(ranked=(("WATER", 0.9), ("POLICE", 0.06), ("HOUSING", 0.02)))
POLICY = Policy(threshold=0.8)


def decided(
    *rules: Rule,
    suggestion: Suggestion | None = SURE,
    case: Case | None = None,
    **circumstances,
) -> Automatic | AskPerson:
    known = rules or (
        Rule(number=1, topic="供水", lead="WATER", level=Level.CITY, assisting=("HOUSING",)),
    )
    asked = case or Case(topic="供水", area="990101", day=date(2023, 11, 14))
    return decide(
        RuleBook(known).choose(asked),
        suggestion,
        circumstances=Circumstances(**{"kind": "complaint"} | circumstances),
        policy=POLICY,
        units=UNITS,
    )


def asked_person(*rules: Rule, **fields) -> AskPerson:
    decision = decided(*rules, **fields)
    assert isinstance(decision, AskPerson)
    return decision


def test_an_order_goes_by_itself_where_both_agree_and_are_sure() -> None:
    assert decided() == Automatic(lead="WATER", assisting=("HOUSING",), probability=0.9)


@pytest.mark.parametrize(
    ("circumstances", "reason"),
    [
        ({"is_emergency": True}, Reason.EMERGENCY),
        ({"has_legal_route": True}, Reason.LEGAL_ROUTE),
        ({"kind": "report"}, Reason.KIND),
        ({"accuses_office": True}, Reason.ACCUSES),
        ({"is_sensitive": True}, Reason.SENSITIVE),
        ({"was_dispatched": True}, Reason.RETURNED),
    ],
)
def test_what_a_person_must_see_never_goes_by_itself(circumstances: dict, reason: Reason) -> None:
    assert asked_person(**circumstances).reasons == (reason,)


@pytest.mark.parametrize(
    ("suggestion", "reasons"),
    [
        (None, (Reason.NO_MODEL,)),
        (Suggestion(ranked=(("WATER", 0.79),)), (Reason.UNSURE,)),
        (Suggestion(ranked=(("POLICE", 0.95),)), (Reason.DISAGREE,)),
        (Suggestion(ranked=(("", 0.95), ("WATER", 0.01))), (Reason.DISAGREE,)),
    ],
)
def test_doubt_and_disagreement_ask_a_person(
    suggestion: Suggestion | None, reasons: tuple[Reason, ...]
) -> None:
    decision = asked_person(suggestion=suggestion)

    assert decision.reasons == reasons
    assert decision.choices[0].unit == "WATER"
    assert decision.choices[0].basis == Basis.DIRECTORY


def test_a_person_is_offered_three_units_at_most_the_directory_first() -> None:
    many = Suggestion(ranked=(("POLICE", 0.5), ("HOUSING", 0.3), ("COUNTY", 0.1), ("WATER", 0.1)))

    choices = asked_person(suggestion=many).choices

    assert [(one.unit, one.probability) for one in choices] == [
        ("WATER", 0.1),
        ("POLICE", 0.5),
        ("HOUSING", 0.3),
    ]


def test_the_unit_that_it_is_about_gives_way_to_the_level_above() -> None:
    rules = (
        Rule(number=1, topic="供水", lead="HOUSING", level=Level.CITY),
        Rule(number=2, topic="供水", area="990101", lead="COUNTY", level=Level.COUNTY),
    )

    decision = asked_person(*rules, respondent="COUNTY")

    assert Reason.ABOUT_UNIT in decision.reasons
    assert decision.choices[0].unit == "HOUSING"
    assert decision.choices[0].basis == Basis.ABOVE
    assert "COUNTY" not in [one.unit for one in decision.choices]


def test_an_escalated_order_is_offered_to_units_above_alone() -> None:
    rules = (
        Rule(number=1, topic="供水", lead="HOUSING", level=Level.CITY),
        Rule(number=2, topic="供水", area="990101", lead="COUNTY", level=Level.COUNTY),
    )

    decision = asked_person(*rules, escalated_from=Level.COUNTY)

    assert Reason.ESCALATED in decision.reasons
    assert decision.choices[0].unit == "HOUSING"
    assert {UNITS[one.unit].level for one in decision.choices} == {Level.CITY}


def test_the_unit_that_it_is_about_does_not_assist_either() -> None:
    decision = decided(respondent="HOUSING")

    assert isinstance(decision, Automatic)
    assert decision.assisting == ()


def test_a_unit_that_gave_the_order_back_is_not_offered_again() -> None:
    decision = asked_person(returned_by=frozenset({"WATER"}))

    assert [one.unit for one in decision.choices] == ["POLICE", "HOUSING"]


def test_a_departments_matter_is_never_offered_to_a_township() -> None:
    towns = Suggestion(ranked=(("TOWN", 0.99), ("POLICE", 0.01)))

    decision = asked_person(suggestion=towns)

    assert decision.reasons == (Reason.GRASSROOTS, Reason.DISAGREE)
    assert [one.unit for one in decision.choices] == ["WATER", "POLICE"]


def test_a_township_leads_where_directory_and_experience_name_it() -> None:
    town = Rule(number=1, topic="供水", lead="TOWN", level=Level.TOWNSHIP, grassroots_allowed=True)

    decision = decided(town, suggestion=Suggestion(ranked=(("TOWN", 0.9),)))

    assert isinstance(decision, Automatic)


def test_tied_rules_ask_a_person_between_them() -> None:
    tied = [
        Rule(number=number, topic="供水", lead=lead, level=Level.CITY)
        for number, lead in [(1, "WATER"), (2, "POLICE")]
    ]

    decision = asked_person(*tied, suggestion=None)

    assert Reason.TIED_RULES in decision.reasons
    assert [one.unit for one in decision.choices] == ["WATER", "POLICE"]


def test_an_open_area_asks_a_person() -> None:
    rules = (
        Rule(number=1, topic="供水", lead="WATER", level=Level.CITY),
        Rule(number=2, topic="供水", area="990101", lead="COUNTY", level=Level.COUNTY),
    )

    decision = asked_person(*rules, case=Case(topic="供水", area="", day=date(2023, 11, 14)))

    assert decision.reasons == (Reason.FINER_AREA,)


def test_an_open_topic_asks_a_person() -> None:
    rules = (
        Rule(number=1, topic="供水", lead="WATER", level=Level.CITY),
        Rule(number=2, topic="供水/二次供水", lead="HOUSING", level=Level.CITY),
    )

    assert asked_person(*rules).reasons == (Reason.FINER_TOPIC,)


def test_a_rule_that_names_a_missing_unit_fails_loudly() -> None:
    gone = Rule(number=7, topic="供水", lead="GONE", level=Level.CITY)

    with pytest.raises(BrokenRuleError, match="rule 7 names unit 'GONE'"):
        decided(gone)
