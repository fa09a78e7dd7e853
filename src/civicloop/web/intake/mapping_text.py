"""Write a mapping file again with other columns."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any


def with_columns(mapping_toml: str, columns: Mapping[str, str]) -> str:
    """The mapping with its columns replaced; a mapping that cannot be read is left out."""
    try:
        document = tomllib.loads(mapping_toml)
    except tomllib.TOMLDecodeError:
        document = {}
    return "\n".join(_lines({**document, "columns": dict(columns)}))


def _lines(table: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The plain values of a table, then its sub-tables."""
    if path:
        yield f"[{path}]"
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{json.dumps(key, ensure_ascii=False)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            inner = json.dumps(key, ensure_ascii=False)
            yield from _lines(value, f"{path}.{inner}" if path else inner)


def _value(value: object) -> str:
    """A string, number, truth value, day or list of them; JSON's forms are TOML's too."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
