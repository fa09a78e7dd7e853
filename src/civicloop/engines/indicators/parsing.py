"""From the text of an expression to its parts. Nothing is evaluated, and hostile text ends early.

either  = both {"or" both}            both    = no {"and" no}
no      = "not" no | compared         compared = sum [sign sum | "is" ["not"] "null" | ["not"] "in" "(" … ")"]
sum     = product {("+" | "-") product}    product = single {("*" | "/") single}
single  = "-" single | number | text | name | "true" | "false" | "(" either ")" | "round" "(" sum "," digit ")"
"""

import re
from decimal import Decimal
from typing import NamedTuple

from civicloop.engines.indicators.expressions import (
    COMPARISONS,
    PRODUCTS,
    SUMS,
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
    parts,
)
from civicloop.engines.indicators.faults import ExpressionError, Fault

LONGEST = 4000  # characters
MOST_PARTS = 500
DEEPEST = 40
MOST_DIGITS = 15
MOST_DECIMALS = 6  # of a rounding

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<text>'[^']*')"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|!=|[=<>+\-*/(),])"
)
_WORDS = frozenset({"and", "or", "not", "is", "in", "null", "true", "false"})


class _Token(NamedTuple):
    kind: str  # number, text, name, sign, word, end
    text: str
    position: int


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: it is none, or one of absurd size.
    """
    if len(text) > LONGEST:
        raise ExpressionError(Fault.TOO_LONG, most=LONGEST)
    parser = _Parser(_tokens(text))
    expression = parser.either()
    parser.finish()
    _refuse_towers(expression)
    return expression


def _refuse_towers(expression: Expression) -> None:
    """Refuse what is deep without brackets too: a + a + a …; whoever walks it later may recurse."""
    waiting = [(expression, 1)]
    while waiting:
        each, depth = waiting.pop()
        if depth > DEEPEST:
            raise ExpressionError(Fault.TOO_DEEP, most=DEEPEST)
        waiting.extend((part, depth + 1) for part in parts(each))


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(Fault.UNKNOWN_SIGN, word=text[place], position=place + 1)
        kind, word = match.lastgroup or "", match.group()
        if kind == "name" and word in _WORDS:
            kind = "word"
        if kind != "space":
            found.append(_Token(kind, word, place + 1))
        place = match.end()
    found.append(_Token("end", "", len(text) + 1))
    return found


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place, self._depth, self._parts = tokens, 0, 0, 0

    def finish(self) -> None:
        if self._next.kind != "end":
            raise self._unexpected()

    def either(self) -> Expression:
        with _Deeper(self):
            left = self._both()
            while token := self._take("or"):
                left = self._made(Both("or", left, self._both(), token.position))
            return left

    def _both(self) -> Expression:
        left = self._no()
        while token := self._take("and"):
            left = self._made(Both("and", left, self._no(), token.position))
        return left

    def _no(self) -> Expression:
        if token := self._take("not"):
            with _Deeper(self):
                return self._made(Not(self._no(), token.position))
        return self._compared()

    def _compared(self) -> Expression:
        left = self._sum()
        if token := self._take(*COMPARISONS):
            return self._made(Both(token.text, left, self._sum(), token.position))
        if token := self._take("is"):
            is_not = self._take("not")
            self._need("null")
            missing = self._made(Missing(left, token.position))
            return self._made(Not(missing, token.position)) if is_not else missing
        token = self._take("not")
        if token or self._next.text == "in":
            place = self._need("in").position
            among = self._made(OneOf(left, self._literals(), place))
            return self._made(Not(among, place)) if token else among
        return left

    def _literals(self) -> tuple[Number | Text, ...]:
        self._need("(")
        found = [self._literal()]
        while self._take(","):
            found.append(self._literal())
        self._need(")")
        return tuple(found)

    def _literal(self) -> Number | Text:
        token = self._next
        if token.kind not in {"number", "text"}:
            raise self._unexpected()
        self._place += 1
        made = self._made(_number(token) if token.kind == "number" else Text(token.text.strip("'")))
        assert isinstance(made, Number | Text)  # noqa: S101  what was just made
        return made

    def _sum(self) -> Expression:
        left = self._product()
        while token := self._take(*SUMS):
            left = self._made(Both(token.text, left, self._product(), token.position))
        return left

    def _product(self) -> Expression:
        left = self._single()
        while token := self._take(*PRODUCTS):
            left = self._made(Both(token.text, left, self._single(), token.position))
        return left

    def _single(self) -> Expression:
        token = self._next
        if self._take("-"):
            with _Deeper(self):
                return self._made(Minus(self._single(), token.position))
        if self._take("("):
            inside = self.either()
            self._need(")")
            return inside
        if token.kind in {"number", "text"}:
            return self._literal()
        if token.text in {"true", "false"}:
            self._place += 1
            return self._made(Flag(token.text == "true"))
        if token.kind == "name":
            self._place += 1
            return self._named(token)
        raise self._unexpected()

    def _named(self, token: _Token) -> Expression:
        if not self._take("("):
            return self._made(Name(token.text, token.position))
        if token.text != "round":
            fault = Fault.UNKNOWN_FUNCTION
            raise ExpressionError(fault, word=token.text, position=token.position, known="round")
        inside = self.either()
        self._need(",")
        digits = self._next
        self._place += 1
        if not digits.text.isdecimal() or int(digits.text[:3]) > MOST_DECIMALS:
            raise ExpressionError(
                Fault.WRONG_DIGITS, word=digits.text, position=digits.position, most=MOST_DECIMALS
            )
        self._need(")")
        return self._made(Rounded(inside, int(digits.text), token.position))

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token.kind not in {"sign", "word"} or token.text not in texts:
            return None
        self._place += 1
        return token

    def _need(self, text: str) -> _Token:
        token = self._take(text)
        if token is None:
            raise self._unexpected()
        return token

    def _unexpected(self) -> ExpressionError:
        token = self._next
        fault = Fault.UNFINISHED if token.kind == "end" else Fault.UNEXPECTED
        return ExpressionError(fault, word=token.text, position=token.position)

    def _made(self, expression: Expression) -> Expression:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise ExpressionError(Fault.TOO_BIG, most=MOST_PARTS)
        return expression

    def deeper(self, step: int) -> None:
        self._depth += step
        if self._depth > DEEPEST:
            raise ExpressionError(Fault.TOO_DEEP, most=DEEPEST)


class _Deeper:
    """Counts how deep the parser is, on the way back too."""

    def __init__(self, parser: _Parser) -> None:
        self._parser = parser

    def __enter__(self) -> None:
        self._parser.deeper(1)

    def __exit__(self, *error: object) -> None:
        self._parser.deeper(-1)


def _number(token: _Token) -> Number:
    if len(token.text) > MOST_DIGITS + 1 or len(token.text.replace(".", "")) > MOST_DIGITS:
        raise ExpressionError(
            Fault.LONG_NUMBER, word=token.text, position=token.position, most=MOST_DIGITS
        )
    return Number(Decimal(token.text))
