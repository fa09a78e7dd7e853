from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.indicators.checking import shape_of
from civicloop.engines.indicators.evaluating import DividedByZeroError, value_of
from civicloop.engines.indicators.expressions import Name, Type, names_in
from civicloop.engines.indicators.faults import ExpressionError, Fault
from civicloop.engines.indicators.parsing import parse
from civicloop.engines.indicators.tables import Column

COLUMNS = {
    "n": Column(type=Type.NUMBER, digits=6),
    "d": Column(type=Type.NUMBER, decimals=4, digits=15),
    "s": Column(type=Type.TEXT),
    "f": Column(type=Type.FLAG),
}
ROW = {"n": Fraction(7), "d": Fraction(1, 4), "s": "x", "f": True, "nothing": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", Fraction(7)),
        ("(1 + 2) * 3", Fraction(9)),
        ("7 - 2 - 1", Fraction(4)),
        ("-n + 0.5", Fraction(-13, 2)),
        ("n / 2", Fraction(7, 2)),
        ("round(n / 2, 0)", Fraction(4)),
        ("round(d * 10, 0)", Fraction(2)),
        ("n >= 7 and s = 'x'", True),
        ("n < 7 or s != 'x'", False),
        ("not f", False),
        ("n in (1, 7)", True),
        ("s not in ('x', 'y')", False),
        ("n is not null and n > 0", True),
        ("nothing is null", True),
        ("nothing > 1", None),
        ("nothing = 1", None),
        ("-nothing", None),
        ("not nothing > 1", None),
        ("nothing in (1, 2)", None),
        ("round(nothing, 1)", None),
        ("false and nothing > 1", False),
        ("nothing > 1 and true", None),
        ("nothing > 1 or true", True),
        ("nothing > 1 or false", None),
    ],
)
def test_an_expression_means_what_it_says(text, value):
    assert value_of(parse(text), ROW) == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.UNFINISHED),
        ("n +", Fault.UNFINISHED),
        ("n 1", Fault.UNEXPECTED),
        ("9**9**9", Fault.UNEXPECTED),
        ("n is 1", Fault.UNEXPECTED),
        ("n in (s)", Fault.UNEXPECTED),
        ("().__class__", Fault.UNKNOWN_SIGN),
        ("n.__class__", Fault.UNKNOWN_SIGN),
        ("n; drop", Fault.UNKNOWN_SIGN),
        ("'open", Fault.UNKNOWN_SIGN),
        ("exec('x')", Fault.UNKNOWN_FUNCTION),
        ("round(n, 99)", Fault.WRONG_DIGITS),
        ("round(n, n)", Fault.WRONG_DIGITS),
        ("9" * 16, Fault.LONG_NUMBER),
        ("(" * 60 + "1" + ")" * 60, Fault.TOO_DEEP),
        ("-" * 60 + "1", Fault.TOO_DEEP),
        ("not " * 60 + "f", Fault.TOO_DEEP),
        ("1" + " + 1" * 60, Fault.TOO_DEEP),
        ("n in (" + "1, " * 600 + "1)", Fault.TOO_BIG),
        ("n" * 4001, Fault.TOO_LONG),
    ],
)
def test_what_is_no_expression_is_refused_by_name(text, fault):
    with pytest.raises(ExpressionError) as refused:
        parse(text)

    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("m > 1", Fault.UNKNOWN_NAME),
        ("n + s", Fault.WRONG_TYPE),
        ("-f", Fault.WRONG_TYPE),
        ("not n", Fault.WRONG_TYPE),
        ("n and f", Fault.WRONG_TYPE),
        ("n = s", Fault.WRONG_TYPE),
        ("s < 'y'", Fault.WRONG_TYPE),
        ("f in (1)", Fault.WRONG_TYPE),
        ("s in (1)", Fault.WRONG_TYPE),
        ("n / 2 > 1", Fault.NO_DIVISION),
        ("round(n, 1) > 1", Fault.NO_DIVISION),
        ("d * n", Fault.TOO_PRECISE),
        ("d > 0.123456789", Fault.TOO_PRECISE),
        ("d in (0.123456789)", Fault.TOO_PRECISE),
    ],
)
def test_what_makes_no_sense_for_the_table_is_refused_by_name(text, fault):
    with pytest.raises(ExpressionError) as refused:
        shape_of(parse(text), COLUMNS)

    assert refused.value.fault is fault


def test_a_sum_has_the_decimals_of_its_most_exact_part():
    shape = shape_of(parse("n * 2.5 + d"), COLUMNS)

    assert (shape.type, shape.decimals, shape.digits) == (Type.NUMBER, 4, 16)


@pytest.mark.parametrize(
    "text", ["f", "s is null", "s in ('x')", "n in (1, 2)", "f = true", "not f"]
)
def test_a_choice_is_a_flag(text):
    assert shape_of(parse(text), COLUMNS).type is Type.FLAG


def test_the_names_of_an_expression_are_known():
    assert names_in(parse("round(a / b, 1) + (c - -a)")) == {"a", "b", "c"}


def test_nothing_is_divided_by_zero():
    with pytest.raises(DividedByZeroError):
        value_of(parse("n / (n - 7)"), ROW)


def test_a_text_is_no_number():
    with pytest.raises(TypeError):
        value_of(parse("s + 1"), ROW)


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [
                "(",
                ")",
                "+",
                "-",
                "*",
                "/",
                "=",
                "<",
                "<=",
                ",",
                "and",
                "or",
                "not",
                "is",
                "null",
                "in",
                "round",
                "true",
                "n",
                "s",
                "'x'",
                "1",
                "0.5",
                "9",
                "__import__",
                ".",
                ";",
                "**",
            ]
        ),
        max_size=60,
    )
)
def test_any_words_are_an_expression_or_refused(words):
    try:
        found = parse(" ".join(words))
    except ExpressionError:
        return
    try:
        assert value_of(found, ROW) is None or isinstance(
            value_of(found, ROW), Fraction | bool | str
        )
    except (KeyError, TypeError, DividedByZeroError):
        return  # formulas and rows check the names and types first


def test_a_place_in_the_text_is_told():
    assert parse("  abc") == Name("abc", 3)
    assert value_of(parse("0.10"), {}) == Fraction(Decimal("0.1"))
