"""Does an expression make sense for a table, and do its numbers fit into a row?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch

from civicloop.engines.indicators.expressions import (
    COMPARISONS,
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
    Type,
)
from civicloop.engines.indicators.faults import ExpressionError, Fault
from civicloop.engines.indicators.tables import MOST_DIGITS, Column


@dataclass(frozen=True, slots=True)
class Shape:
    """What an expression gives: for a number its decimals, and its digits in the last of them."""

    type: Type
    decimals: int = 0
    digits: int = 0


FLAG, TEXT = Shape(Type.FLAG), Shape(Type.TEXT)


@singledispatch
def shape_of(expression: Expression, columns: Mapping[str, Column]) -> Shape:
    """Check an expression over the rows of a table.

    Raises:
        ExpressionError: a name is unknown, types do not fit, something is divided, or numbers could
            grow beyond what a row holds.
    """
    raise TypeError(expression, columns)  # pragma: no cover  every part has its own below


@shape_of.register
def _of_text(text: Text, columns: Mapping[str, Column]) -> Shape:  # noqa: ARG001
    return TEXT


@shape_of.register
def _of_flag(flag: Flag, columns: Mapping[str, Column]) -> Shape:  # noqa: ARG001
    return FLAG


@shape_of.register
def _of_minus(minus: Minus, columns: Mapping[str, Column]) -> Shape:
    return _need(minus.of, columns, Type.NUMBER, minus.position)


@shape_of.register
def _of_not(contrary: Not, columns: Mapping[str, Column]) -> Shape:
    return _need(contrary.of, columns, Type.FLAG, contrary.position)


@shape_of.register
def _of_missing(missing: Missing, columns: Mapping[str, Column]) -> Shape:
    shape_of(missing.of, columns)
    return FLAG


@shape_of.register
def _of_rounded(rounded: Rounded, columns: Mapping[str, Column]) -> Shape:  # noqa: ARG001
    raise ExpressionError(Fault.NO_DIVISION, word="round", position=rounded.position)


@shape_of.register
def _of_number(number: Number, columns: Mapping[str, Column]) -> Shape:  # noqa: ARG001
    exponent = number.value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return Shape(Type.NUMBER, decimals, len(number.value.as_tuple().digits))


@shape_of.register
def _of_name(name: Name, columns: Mapping[str, Column]) -> Shape:
    column = columns.get(name.name)
    if column is None:
        known = ", ".join(sorted(columns))
        fault = Fault.UNKNOWN_NAME
        raise ExpressionError(fault, word=name.name, position=name.position, known=known)
    if column.type is Type.NUMBER:
        return Shape(Type.NUMBER, column.decimals, column.digits)
    return Shape(column.type)


def _need(of: Expression, columns: Mapping[str, Column], wanted: Type, position: int) -> Shape:
    shape = shape_of(of, columns)
    if shape.type is not wanted:
        raise _wrong(wanted, shape.type, position)
    return shape


def _wrong(wanted: Type, found: Type, position: int) -> ExpressionError:
    return ExpressionError(Fault.WRONG_TYPE, position=position, wanted=wanted, found=found)


@shape_of.register
def _of_one_of(one: OneOf, columns: Mapping[str, Column]) -> Shape:
    shape = shape_of(one.of, columns)
    if shape.type is Type.FLAG:
        raise _wrong(Type.TEXT, shape.type, one.position)
    for each in one.among:
        literal = shape_of(each, columns)
        if literal.type is not shape.type:
            raise _wrong(shape.type, literal.type, one.position)
        if shape.type is Type.NUMBER:
            _aligned(shape, literal, one.position)
    return FLAG


@shape_of.register
def _of_both(both: Both, columns: Mapping[str, Column]) -> Shape:
    if both.sign in {"and", "or"}:
        _need(both.left, columns, Type.FLAG, both.position)
        return _need(both.right, columns, Type.FLAG, both.position)
    left, right = shape_of(both.left, columns), shape_of(both.right, columns)
    if both.sign in COMPARISONS:
        return _compared(both, left, right)
    for shape in (left, right):
        if shape.type is not Type.NUMBER:
            raise _wrong(Type.NUMBER, shape.type, both.position)
    if both.sign == "/":
        raise ExpressionError(Fault.NO_DIVISION, word="/", position=both.position)
    if both.sign == "*":
        made = Shape(Type.NUMBER, left.decimals + right.decimals, left.digits + right.digits)
    else:
        decimals, digits = _aligned(left, right, both.position)
        made = Shape(Type.NUMBER, decimals, digits + 1)
    _refuse_more_digits(made.digits, both.position)
    return made


def _compared(both: Both, left: Shape, right: Shape) -> Shape:
    if left.type is not right.type:
        raise _wrong(left.type, right.type, both.position)
    if left.type is Type.NUMBER:
        _aligned(left, right, both.position)
    elif both.sign not in {"=", "!="}:  # the order of texts is each engine's own
        raise _wrong(Type.NUMBER, left.type, both.position)
    return FLAG


def _aligned(left: Shape, right: Shape, position: int) -> tuple[int, int]:
    """Return decimals and digits that both have when they are brought to the same last decimal."""
    decimals = max(left.decimals, right.decimals)
    digits = max(shape.digits + decimals - shape.decimals for shape in (left, right))
    _refuse_more_digits(digits, position)
    return decimals, digits


def _refuse_more_digits(digits: int, position: int) -> None:
    if digits > MOST_DIGITS:
        raise ExpressionError(Fault.TOO_PRECISE, position=position, most=MOST_DIGITS)
