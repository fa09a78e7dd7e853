"""The plain meaning of expressions, row by row and exact: what every fast engine must equal.

What is not known stays unknown: a comparison with null is neither true nor false, "false and
unknown" is false, "true or unknown" is true. Only what is true counts.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatch

from civicloop.engines.indicators.expressions import (
    Both,
    Expression,
    Flag,
    Minus,
    Missing,
    Name,
    Not,
    Number,
    OneOf,
    Rounded,
    Text,
)
from civicloop.values.rounding import round_half_even

Value = Fraction | str | bool | None
Row = Mapping[str, Value]


class DividedByZeroError(ZeroDivisionError):
    """A formula divides by zero."""


@singledispatch
def value_of(expression: Expression, row: Row) -> Value:
    """Evaluate a checked expression.

    Raises:
        DividedByZeroError: a formula divides by zero.
    """
    raise TypeError(expression, row)  # pragma: no cover  every part has its own below


@value_of.register
def _of_number(number: Number, row: Row) -> Value:  # noqa: ARG001
    return Fraction(number.value)


@value_of.register
def _of_text(text: Text, row: Row) -> Value:  # noqa: ARG001
    return text.value


@value_of.register
def _of_flag(flag: Flag, row: Row) -> Value:  # noqa: ARG001
    return flag.value


@value_of.register
def _of_name(name: Name, row: Row) -> Value:
    return row[name.name]


@value_of.register
def _of_minus(minus: Minus, row: Row) -> Value:
    number = _number(minus.of, row)
    return None if number is None else -number


@value_of.register
def _of_not(contrary: Not, row: Row) -> Value:
    flag = value_of(contrary.of, row)
    return None if flag is None else not flag


@value_of.register
def _of_missing(missing: Missing, row: Row) -> Value:
    return value_of(missing.of, row) is None


@value_of.register
def _of_rounded(rounded: Rounded, row: Row) -> Value:
    number = _number(rounded.of, row)
    return None if number is None else Fraction(round_half_even(number, rounded.decimals))


@value_of.register
def _of_one_of(one: OneOf, row: Row) -> Value:
    found = value_of(one.of, row)
    return None if found is None else found in [value_of(each, row) for each in one.among]


def _number(expression: Expression, row: Row) -> Fraction | None:
    value = value_of(expression, row)
    if isinstance(value, str | bool):
        raise TypeError(f"{value!r} is no number")
    return value


@value_of.register
def _of_both(both: Both, row: Row) -> Value:
    if both.sign in {"and", "or"}:
        return _joined(both, row)
    if both.sign in {"=", "!="}:
        left, right = value_of(both.left, row), value_of(both.right, row)
        if left is None or right is None:
            return None
        return (left == right) is (both.sign == "=")
    one, other = _number(both.left, row), _number(both.right, row)
    return None if one is None or other is None else _calculated(both.sign, one, other)


def _joined(both: Both, row: Row) -> Value:
    decides = both.sign == "or"  # one such side settles it
    sides = (value_of(both.left, row), value_of(both.right, row))
    if decides in sides:
        return decides
    return None if None in sides else not decides


def _calculated(sign: str, one: Fraction, other: Fraction) -> Value:
    if sign == "/":
        if not other:
            raise DividedByZeroError
        return one / other
    results: dict[str, Value] = {
        "+": one + other,
        "-": one - other,
        "*": one * other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }
    return results[sign]
