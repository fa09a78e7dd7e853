"""Read files of definitions: TOML, one table for each indicator, with the line of whatever is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.faults import DefinitionError, Fault
from civicloop.engines.indicators.reading import read_definition
from civicloop.engines.indicators.tables import Table

MOST_BYTES = 1_000_000
MOST_DEFINITIONS = 2_000
_DEEPEST_CODE = 4


class DefinitionFileError(ValueError):
    """A file of definitions cannot be used; line 0 if no line says it."""

    def __init__(self, file: str, line: int, error: DefinitionError) -> None:
        self.file, self.line, self.error = file, line, error
        super().__init__(f"{file}, line {line}: {error}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedIndicator:
    """A definition with the fields that it was read from."""

    definition: Definition
    content: Mapping[str, object]


def read_toml(text: str, file: str) -> dict[str, object]:
    """Read TOML, decimal numbers exact.

    Raises:
        DefinitionFileError: it is none, or one of absurd size or depth.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise DefinitionFileError(file, 0, _error(Fault.TOO_MANY, most=MOST_BYTES))
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        words = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        found = re.search(r"at line (\d+)", words)
        line = int(found[1]) if found else 0
        raise DefinitionFileError(
            file, line, _error(Fault.NOT_READABLE, word=words[:100])
        ) from None


def read_definitions(text: str, file: str, tables: Mapping[str, Table]) -> list[DefinedIndicator]:
    """Read every definition of a file; a table that says `kind` is one, its path is its code.

    Raises:
        DefinitionFileError: the file, or a field of a definition, cannot be used.
    """
    found: list[DefinedIndicator] = []
    for code, content in _tables_with_kind(read_toml(text, file), ""):
        if len(found) >= MOST_DEFINITIONS:
            raise DefinitionFileError(file, 0, _error(Fault.TOO_MANY, most=MOST_DEFINITIONS))
        try:
            definition = read_definition(code, content, tables)
        except DefinitionError as error:
            raise DefinitionFileError(file, line_of(text, error.code, error.field), error) from None
        found.append(DefinedIndicator(definition=definition, content=content))
    if not found:
        raise DefinitionFileError(file, 0, _error(Fault.MISSING, field="kind"))
    return found


def text_of(file: Path) -> str:
    """Return the text of a file.

    Raises:
        DefinitionFileError: it is no UTF-8, or too large to be one of definitions.
    """
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DefinitionFileError(file.name, 0, _error(Fault.TOO_MANY, most=MOST_BYTES))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionFileError(file.name, 0, _error(Fault.NOT_READABLE, word="UTF-8")) from None


def line_of(text: str, code: str, field: str) -> int:
    """Return the line of a field, or of its table's header; 0 where neither is written so."""
    lines = text.splitlines()
    names = [code, f"{code}.{field}", f"{code}.{field}".rsplit(".", 1)[0]]
    headers = {f"[{name}]" for name in names} | {f"[[{name}]]" for name in names}
    last, inside, found = field.rsplit(".", 1)[-1], False, 0
    for number, line in enumerate(lines, start=1):
        bare = line.strip().replace('"', "").replace(" ", "")
        if bare.startswith("["):
            inside = bare.split("#")[0] in headers
            if bare.strip("[]") == f"{code}.{field}":
                return number
            found = number if inside and not found else found
        elif inside and bare.split("=")[0] in {last, field, field.split(".", 1)[0]}:
            return number
    return found


def _tables_with_kind(
    tables: Mapping[str, object], path: str, depth: int = 0
) -> Iterator[tuple[str, Mapping[str, object]]]:
    for name, content in tables.items():
        code = f"{path}.{name}" if path else name
        if not isinstance(content, Mapping):
            continue
        if "kind" in content:
            yield code, content
        elif depth < _DEEPEST_CODE:
            yield from _tables_with_kind(content, code, depth + 1)


def _error(fault: Fault, *, field: str = "", **params: str | int) -> DefinitionError:
    return DefinitionError(fault, code="", field=field, **params)
