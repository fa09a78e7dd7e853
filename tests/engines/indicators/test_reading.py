from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from civicloop.engines.indicators.definitions import ChangeKind, Counted, Formula, Kind, Percentile
from civicloop.engines.indicators.faults import DefinitionError, Fault
from civicloop.engines.indicators.formulas import in_order
from civicloop.engines.indicators.periods import PeriodKind
from tests.engines.indicators.samples import definition, stated

ROWS = ("table", "numerator", "denominator")
FORMULA = {"formula": "a / limit", "uses": {"a": "air.good_share"}, "kind": "index"}
LIMITS = [{"code": "one", "values": {"limit": 2}}]


def refused(code="air.good_share", without=(), **fields):
    with pytest.raises(DefinitionError) as error:
        definition(code, without, **fields)
    return error.value.fault, error.value.field


def test_a_share_is_in_percent_and_changes_in_points():
    found = definition()

    assert isinstance(found.calculation, Counted)
    assert (found.calculation.times, found.decimals, found.change) == (100, 1, ChangeKind.POINTS)
    assert found.bounds == (Decimal(0), Decimal(100))
    assert found.periods == {PeriodKind.MONTH, PeriodKind.TO_DATE, PeriodKind.YEAR}


def test_a_level_changes_in_percent():
    assert definition(kind="level", unit="µg/m³").change is ChangeKind.PERCENT


def test_a_percentile_has_a_share():
    found = definition(
        without=("numerator", "denominator"), kind="level", value="so2", percentile=Decimal("0.9")
    )

    assert isinstance(found.calculation, Percentile)
    assert found.calculation.share == Fraction(9, 10)


def test_a_formula_has_parameters_by_edition():
    found = definition("air.index", ROWS, **FORMULA, editions=LIMITS)

    assert isinstance(found.calculation, Formula)
    assert found.calculation.editions[0].values == {"limit": Decimal(2)}
    assert found.kind is Kind.INDEX


@pytest.mark.parametrize(
    ("fields", "fault", "field"),
    [
        ({"kind": "share"}, Fault.WRONG_VALUE, "kind"),
        ({"kind": 3}, Fault.WRONG_VALUE, "kind"),
        ({"unit": ""}, Fault.MISSING, "unit"),
        ({"unit": "x" * 501}, Fault.WRONG_VALUE, "unit"),
        ({"title": {"zh": "优良"}}, Fault.MISSING, "title.en"),
        ({"title": "Good days"}, Fault.WRONG_VALUE, "title"),
        ({"title": {"zh": "a", "en": "b", "fr": "c"}}, Fault.UNKNOWN_FIELD, "title.fr"),
        ({"numerater": "aqi <= 100"}, Fault.UNKNOWN_FIELD, "numerater"),
        ({"numerator": "aqy <= 100"}, Fault.UNKNOWN_NAME, "numerator"),
        ({"numerator": "__import__('os')"}, Fault.UNKNOWN_FUNCTION, "numerator"),
        ({"numerator": "cause"}, Fault.WRONG_TYPE, "numerator"),
        ({"numerator": 7}, Fault.WRONG_VALUE, "numerator"),
        ({"where": "aqi"}, Fault.WRONG_TYPE, "where"),
        ({"table": "people"}, Fault.UNKNOWN_TABLE, "table"),
        ({"stated": "x"}, Fault.WRONG_COMBINATION, "table"),
        ({"exclude": ["aqi"]}, Fault.WRONG_VALUE, "exclude"),
        ({"exclude": "is_dust"}, Fault.WRONG_VALUE, "exclude"),
        ({"exclude": ["is_dust"] * 201}, Fault.TOO_MANY, "exclude"),
        ({"periods": []}, Fault.MISSING, "periods"),
        ({"periods": ["week"]}, Fault.WRONG_VALUE, "periods"),
        ({"decimals": 99}, Fault.WRONG_VALUE, "decimals"),
        ({"decimals": True}, Fault.WRONG_VALUE, "decimals"),
        ({"adds_up": "yes"}, Fault.WRONG_VALUE, "adds_up"),
        ({"adds_up": []}, Fault.WRONG_VALUE, "adds_up"),
        ({"parts": ["a.b"]}, Fault.WRONG_VALUE, "parts"),
        ({"parts": [[]]}, Fault.WRONG_VALUE, "parts"),
        ({"parts": [["a.b"]] * 201}, Fault.TOO_MANY, "parts"),
        ({"parts": [["a.b"] * 201]}, Fault.TOO_MANY, "parts"),
        ({"parts": [["a.b"]]}, Fault.WRONG_COMBINATION, "parts"),  # shares do not add up
        ({"hides_with": "a.b"}, Fault.WRONG_VALUE, "hides_with"),
        ({"hides_with": ["a.b"]}, Fault.WRONG_COMBINATION, "hides_with"),  # it hides nothing itself
        ({"least": "many"}, Fault.WRONG_VALUE, "least"),
        ({"least": Decimal("inf")}, Fault.WRONG_VALUE, "least"),
        ({"most": 10**16}, Fault.WRONG_VALUE, "most"),
        ({"least_share_of_days": Decimal("1.5")}, Fault.WRONG_VALUE, "least_share_of_days"),
        ({"target": {"soon": {"green": 1, "amber": 1}}}, Fault.WRONG_VALUE, "target.soon"),
        ({"target": {"2026": {"green": 80}}}, Fault.MISSING, "target.2026.amber"),
        ({"target": {"2026": {"green": 80, "amber": 85}}}, Fault.WRONG_COMBINATION, "target.2026"),
        ({"target": {str(n): {} for n in range(300)}}, Fault.TOO_MANY, "target"),
        ({"checker": "Monitoring centre"}, Fault.SAME_PERSON, "checker"),
        ({"checker": " monitoring centre "}, Fault.SAME_PERSON, "checker"),
        ({"checker": {"zh": "统计局", "en": "Monitoring centre"}}, Fault.SAME_PERSON, "checker"),
        ({"checker": {"zh": "统计局"}}, Fault.MISSING, "checker.en"),
        ({"source": {"zh": "x", "en": "y", "fr": "z"}}, Fault.UNKNOWN_FIELD, "source.fr"),
        ({"source": ["HJ 663"]}, Fault.WRONG_VALUE, "source"),
        ({"unverified": [{"zh": "权重"}]}, Fault.MISSING, "unverified.en"),
        ({"unverified": ["a", {"zh": "b", "en": "c"}]}, Fault.WRONG_VALUE, "unverified"),
        ({"direction": "none", "rank": "province"}, Fault.WRONG_COMBINATION, "direction"),
        ({"kind": "level", "gap_to": "province"}, Fault.WRONG_COMBINATION, "gap_to"),
        ({"next_review": "soon"}, Fault.WRONG_VALUE, "next_review"),
    ],
)
def test_a_wrong_field_is_named(fields, fault, field):
    assert refused(**fields) == (fault, field)


@pytest.mark.parametrize("field", ["kind", "unit", "title", "numerator", "author", "next_review"])
def test_a_missing_field_is_named(field):
    assert refused(without=(field,)) == (Fault.MISSING, field)


def test_without_rows_statement_or_formula_there_is_nothing_to_compute():
    assert refused(without=ROWS) == (Fault.MISSING, "table")


@pytest.mark.parametrize("code", ["good", "Air.good", "air." + "x" * 99, "air.good;", ""])
def test_a_code_has_a_group_and_a_name(code):
    assert refused(code)[0] is Fault.WRONG_VALUE


@pytest.mark.parametrize(
    ("fields", "fault", "field"),
    [
        ({"editions": []}, Fault.UNKNOWN_NAME, "formula"),
        ({"uses": None}, Fault.MISSING, "uses"),
        ({"formula": "a > limit"}, Fault.WRONG_TYPE, "formula"),
        ({"formula": "a + 'x'"}, Fault.WRONG_TYPE, "formula"),
        ({"editions": [{"code": "one"}]}, Fault.MISSING, "editions.values"),
        ({"editions": "x"}, Fault.WRONG_VALUE, "editions"),
        ({"editions": LIMITS * 201}, Fault.TOO_MANY, "editions"),
        (
            {"editions": [*LIMITS, {"code": "two", "values": {"top": 2}}]},
            Fault.WRONG_VALUE,
            "editions",
        ),
        (
            {"editions": [{"code": "one", "values": {"a": 1, "limit": 2}}]},
            Fault.WRONG_COMBINATION,
            "editions",
        ),
        ({"roster": "chains"}, Fault.WRONG_COMBINATION, "roster"),
    ],
)
def test_a_wrong_formula_is_refused(fields, fault, field):
    assert refused("air.index", ROWS, **(FORMULA | {"editions": LIMITS} | fields)) == (fault, field)


def test_a_formula_follows_what_it_uses():
    index = definition("air.index", ROWS, **FORMULA, editions=LIMITS)

    assert [each.code for each in in_order([index, definition()])] == [
        "air.good_share",
        "air.index",
    ]


def test_formulas_that_use_each_other_are_refused_with_the_circle():
    one = definition("a.one", ROWS, **FORMULA | {"formula": "a", "uses": {"a": "a.two"}})
    two = definition("a.two", ROWS, **FORMULA | {"formula": "a", "uses": {"a": "a.one"}})

    with pytest.raises(DefinitionError) as error:
        in_order([one, two])

    assert (error.value.fault, error.value.params["path"]) == (Fault.CYCLE, "a.one → a.two → a.one")


def test_a_formula_of_an_unknown_indicator_is_refused():
    with pytest.raises(DefinitionError) as error:
        in_order([definition("air.index", ROWS, **FORMULA, editions=LIMITS)])

    assert error.value.fault is Fault.UNKNOWN_INDICATOR


def test_a_long_chain_of_formulas_is_walked_without_a_limit():
    chain = [stated("a.s0", "x")]
    for number in range(1, 1500):
        fields = FORMULA | {"formula": "a", "uses": {"a": f"a.s{number - 1}"}}
        chain.append(definition(f"a.s{number}", ROWS, **fields))

    assert len(in_order(reversed(chain))) == 1500


def test_a_review_day_is_a_day():
    assert definition().next_review_day == date(2027, 3, 1)
