"""From an expression of ours to one of Ibis, which every engine of rows understands.

A number is a whole one in its last decimal, as tables of facts keep it: no engine rounds anything.
"""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any, NamedTuple

import ibis

from civicloop.engines.indicators.checking import shape_of
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
    Text,
    Type,
)
from civicloop.engines.indicators.tables import Column

IbisValue = Any  # Ibis makes the methods of its values at run time: types would say nothing


class Compiled(NamedTuple):
    value: IbisValue
    decimals: int  # of a number


class Scope(NamedTuple):
    rows: IbisValue  # a table of Ibis
    columns: Mapping[str, Column]


def compiled(expression: Expression, scope: Scope) -> Compiled:
    """Compile an expression that was checked against the columns."""
    return _compile(expression, scope)


@singledispatch
def _compile(expression: Expression, scope: Scope) -> Compiled:
    raise TypeError(expression, scope)  # pragma: no cover  formulas are never given to an engine


@_compile.register
def _number(number: Number, scope: Scope) -> Compiled:
    decimals = shape_of(number, scope.columns).decimals
    return Compiled(_whole(int(number.value.scaleb(decimals))), decimals)


@_compile.register
def _text(text: Text, scope: Scope) -> Compiled:  # noqa: ARG001
    return Compiled(ibis.literal(text.value, type="string"), 0)


@_compile.register
def _flag(flag: Flag, scope: Scope) -> Compiled:  # noqa: ARG001
    return Compiled(ibis.literal(flag.value, type="boolean"), 0)


@_compile.register
def _name(name: Name, scope: Scope) -> Compiled:
    return Compiled(scope.rows[name.name], scope.columns[name.name].decimals)


@_compile.register
def _minus(minus: Minus, scope: Scope) -> Compiled:
    inside = _compile(minus.of, scope)
    return Compiled(-inside.value, inside.decimals)


@_compile.register
def _not(contrary: Not, scope: Scope) -> Compiled:
    return Compiled(~_compile(contrary.of, scope).value, 0)


@_compile.register
def _missing(missing: Missing, scope: Scope) -> Compiled:
    return Compiled(_compile(missing.of, scope).value.isnull(), 0)


@_compile.register
def _one_of(one: OneOf, scope: Scope) -> Compiled:
    found = Compiled(ibis.literal(value=False, type="boolean"), 0)
    for each in one.among:
        equal = Both("=", one.of, each, one.position)
        found = Compiled(found.value | _compile(equal, scope).value, 0)
    return found


@_compile.register
def _both(both: Both, scope: Scope) -> Compiled:
    left, right = _compile(both.left, scope), _compile(both.right, scope)
    if both.sign == "*":
        return Compiled(left.value * right.value, left.decimals + right.decimals)
    decimals = 0
    if shape_of(both.left, scope.columns).type is Type.NUMBER:
        decimals = max(left.decimals, right.decimals)
        left, right = _aligned(left, decimals), _aligned(right, decimals)
    return Compiled(_joined(both.sign, left.value, right.value), decimals)


def _joined(sign: str, left: IbisValue, right: IbisValue) -> IbisValue:
    makers = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "=": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
        "and": lambda: left & right,
        "or": lambda: left | right,
    }
    return makers[sign]()


def _aligned(compiled: Compiled, decimals: int) -> Compiled:
    steps = decimals - compiled.decimals
    return Compiled(compiled.value * _whole(10**steps), decimals) if steps else compiled


def _whole(number: int) -> IbisValue:
    return ibis.literal(number, type="int64")
