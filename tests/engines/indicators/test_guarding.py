import pytest

from civicloop.engines.indicators.faults import DefinitionError, Fault
from civicloop.engines.indicators.guarding import guards_of, refuse_odd_guards
from tests.engines.indicators.samples import definition, stated


def few(code, **fields):
    return stated(code, code, kind="count", unit="件", direction="none", smallest_published=5, **fields)  # fmt: skip


def guards(code, *definitions):
    known = {each.code: each for each in definitions}
    return [each.code for each in guards_of(known[code], known)]


def test_an_indicator_guards_itself_if_it_hides_small_counts():
    assert guards("a.few", few("a.few"), few("a.other")) == ["a.few"]
    assert guards("air.good_share", definition()) == []


def test_what_hides_with_another_hides_both_ways_and_further():
    first, second = few("a.first", hides_with=["a.second"]), few("a.second", hides_with=["a.third"])
    known = (first, second, few("a.third"), few("a.other"))

    for code in ("a.first", "a.second", "a.third"):
        assert guards(code, *known) == ["a.first", "a.second", "a.third"]
    assert guards("a.other", *known) == ["a.other"]


def test_parts_of_one_total_hide_together_and_not_with_those_of_another_split():
    total = few("a.all", parts=[["a.phone", "a.web"], ["a.answered", "a.sent"]])
    known = (total, *map(few, ("a.phone", "a.web", "a.answered", "a.sent")))

    assert guards("a.web", *known) == ["a.phone", "a.web"]
    assert guards("a.sent", *known) == ["a.answered", "a.sent"]
    assert guards("a.all", *known) == ["a.all"]


def test_a_formula_hides_what_those_hide_that_it_uses_and_what_stands_beside_them():
    share = definition("a.share", ("table", "numerator", "denominator"), formula="100 * web", uses={"web": "a.web"})  # fmt: skip
    total = few("a.all", parts=[["a.phone", "a.web"]])

    assert guards("a.share", share, total, few("a.phone"), few("a.web")) == ["a.phone", "a.web"]


@pytest.mark.parametrize(
    ("others", "fault"),
    [([], Fault.UNKNOWN_INDICATOR), ([stated("a.b", "b", unit="件")], Fault.WRONG_COMBINATION)],
)
def test_only_what_hides_small_counts_can_be_hidden_with(others, fault):
    with pytest.raises(DefinitionError) as refused:
        refuse_odd_guards([few("a.a", hides_with=["a.b"]), *others])

    assert (refused.value.fault, refused.value.field) == (fault, "hides_with")
