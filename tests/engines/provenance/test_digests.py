from datetime import date
from decimal import Decimal

import pytest

from civicloop.engines.provenance.digests import canonical, digest_of, digest_of_inputs, shown
from civicloop.engines.provenance.following import Departure, Why, departures


def test_the_order_of_keys_and_the_zeros_of_numbers_do_not_matter():
    one = {"b": Decimal("85.0"), "a": [date(2026, 1, 2), None, True]}
    other = {"a": (date(2026, 1, 2), None, True), "b": Decimal("85")}

    assert digest_of(one) == digest_of(other)
    assert canonical(one) == '{"a":["2026-01-02",null,true],"b":"85"}'


def test_another_value_has_another_digest():
    assert digest_of({"numerator": "aqi <= 100"}) != digest_of({"numerator": "aqi < 100"})


def test_a_float_has_no_one_way_to_be_written():
    with pytest.raises(TypeError):
        digest_of({"a": 0.1})


def test_inputs_have_one_digest_in_any_order():
    assert digest_of_inputs(["a", "b", "a"]) == digest_of_inputs(["b", "a"])
    assert len(shown(digest_of_inputs([]))) == 12


def test_each_part_that_differs_is_named():
    stored = {"value": "81.9", "rank": 1}

    assert departures(stored, {"value": "81.6", "rank": 1}) == [
        Departure(why=Why.FIGURE_CHANGED, what="value", stored="81.9", found="81.6")
    ]
    assert departures(stored, stored) == []
