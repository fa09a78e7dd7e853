"""What can be wrong with a definition: codes with the field they lie in; the app words them."""

from collections.abc import Mapping
from enum import StrEnum


class Fault(StrEnum):
    """Why a definition, or an expression in it, cannot be used."""

    # of an expression; params: word, position
    TOO_LONG = "too_long"  # params: most
    TOO_BIG = "too_big"  # params: most; parts of an expression
    TOO_DEEP = "too_deep"  # params: most
    UNKNOWN_SIGN = "unknown_sign"
    UNFINISHED = "unfinished"  # it ends too early
    UNEXPECTED = "unexpected"  # a word stands where it cannot
    UNKNOWN_NAME = "unknown_name"  # params: known
    UNKNOWN_FUNCTION = "unknown_function"  # params: known
    LONG_NUMBER = "long_number"  # params: most
    WRONG_TYPE = "wrong_type"  # params: wanted, found
    NO_DIVISION = "no_division"  # rows are added up first, and divided once
    TOO_PRECISE = "too_precise"  # more digits than the sum of a row can hold
    WRONG_DIGITS = "wrong_digits"  # how far to round must be a whole number, 0 to 6
    # of a field
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"  # params: known
    WRONG_VALUE = "wrong_value"  # params: word, known
    WRONG_COMBINATION = "wrong_combination"  # params: other; fields that exclude or need each other
    UNKNOWN_TABLE = "unknown_table"  # params: known
    UNKNOWN_INDICATOR = "unknown_indicator"  # params: word
    CYCLE = "cycle"  # params: path
    TOO_MANY = "too_many"  # params: most
    SAME_PERSON = "same_person"  # author and checker
    NOT_READABLE = "not_readable"  # the file is no TOML; params: word


class ExpressionError(ValueError):
    """An expression cannot be used; the position counts characters from 1."""

    def __init__(
        self, fault: Fault, *, word: str = "", position: int = 0, **params: str | int
    ) -> None:
        self.fault = fault
        self.params: Mapping[str, str | int] = {"word": word[:40], "position": position, **params}
        super().__init__(f"{fault}: {dict(self.params)}")


class DefinitionError(ValueError):
    """A definition cannot be used; the caller knows the file and the line."""

    def __init__(self, fault: Fault, *, code: str, field: str = "", **params: str | int) -> None:
        self.fault, self.code, self.field = fault, code[:80], field[:80]
        self.params: Mapping[str, str | int] = params
        super().__init__(f"{self.code}, {self.field}: {fault} {dict(params)}")
