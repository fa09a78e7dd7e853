"""The parts of an expression: nothing in them can be called, only looked up, counted and compared."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Type(StrEnum):
    """What a part of an expression gives."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"  # true, false or unknown


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, never a float."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A text in single quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A column, or in a formula an indicator or a parameter."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Minus:
    """The negative of a number."""

    of: "Expression"
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    of: "Expression"
    position: int


@dataclass(frozen=True, slots=True)
class Both:
    """Two parts joined by + - * / = != < <= > >= and or."""

    sign: str
    left: "Expression"
    right: "Expression"
    position: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether a part is null."""

    of: "Expression"
    position: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether a part is one of some numbers or texts."""

    of: "Expression"
    among: tuple[Number | Text, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number rounded half to even; in formulas only."""

    of: "Expression"
    decimals: int
    position: int


Expression = Number | Text | Flag | Name | Minus | Not | Both | Missing | OneOf | Rounded

SUMS, PRODUCTS = ("+", "-"), ("*", "/")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def parts(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression is made of, one level down."""
    match expression:
        case Both(left=left, right=right):
            return (left, right)
        case Minus(of=of) | Not(of=of) | Missing(of=of) | OneOf(of=of) | Rounded(of=of):
            return (of,)
        case _:
            return ()


def names_in(expression: Expression) -> frozenset[str]:
    """Return every name that an expression looks up."""
    if isinstance(expression, Name):
        return frozenset({expression.name})
    return frozenset().union(*map(names_in, parts(expression)))
