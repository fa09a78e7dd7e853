"""The definitions in force: those that are shipped, and the city's own over them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import DefinitionVersion
from civicloop.connectors.indicators.definition_files import (
    DefinedIndicator,
    DefinitionFileError,
    read_definitions,
    text_of,
)
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.faults import DefinitionError
from civicloop.engines.indicators.formulas import in_order
from civicloop.engines.indicators.guarding import refuse_odd_guards
from civicloop.engines.indicators.parts import refuse_odd_parts
from civicloop.engines.indicators.reading import read_definition
from civicloop.engines.provenance.digests import digest_of

SHIPPED = ("hotline", "air", "economy", "livelihood")
# who wrote it, how it is called, judged and shown: with another of these a figure means the same
_BESIDE_THE_MEANING = {
    "title", "author", "checker", "source", "next_review", "unverified", "target", "rank", "gap_to",
    "direction", "periods", "fresh_days", "smallest_published", "change", "change_decimals", "least",
    "most", "least_denominator", "least_share_of_days", "parts", "hides_with",
}  # fmt: skip
# before what JSON has no word for; no text of a definition begins with a control character
_EXACT, _DAY = "\x02", "\x03"


@cache
def shipped_definitions() -> tuple[tuple[str, DefinedIndicator], ...]:
    """Read the shipped definitions, each with the name of its file."""
    folder = files("civicloop") / "presets" / "indicators"
    return tuple(
        (f"{name}.toml", each)
        for name in SHIPPED
        for each in read_definitions(
            (folder / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml", TABLES
        )
    )


def definitions_of(paths: Iterable[Path]) -> list[tuple[str, DefinedIndicator]]:
    """Read files of definitions; formulas may use those that are shipped or in force.

    Raises:
        DefinitionFileError: one of them cannot be used.
    """
    found = [
        (path.name, each)
        for path in paths
        for each in read_definitions(text_of(path), path.name, TABLES)
    ]
    known = {each.code: each for each in current_definitions().values()}
    known |= {each.definition.code: each.definition for _, each in shipped_definitions()}
    known |= {each.definition.code: each.definition for _, each in found}
    try:
        in_order(known.values())
        refuse_odd_parts(known.values())
        refuse_odd_guards(known.values())
    except DefinitionError as error:
        file = next((name for name, each in found if each.definition.code == error.code), "")
        raise DefinitionFileError(file, 0, error) from None
    return found


def current_definitions() -> dict[DefinitionVersion, Definition]:
    """Return the newest version of each definition."""
    newest: dict[str, DefinitionVersion] = {}
    for version in DefinitionVersion.objects.order_by("code", "number"):
        newest[version.code] = version
    return {version: definition_in(version) for version in newest.values()}


def definition_in(version: DefinitionVersion) -> Definition:
    """Return the definition that a version holds."""
    return read_definition(version.code, from_json(version.content), TABLES)


def meaning_of(version: DefinitionVersion) -> str:
    """Return a digest of what a figure of this version means; a new checker does not change it."""
    content = version.content.items()
    return digest_of({name: each for name, each in content if name not in _BESIDE_THE_MEANING})


def to_json(content: Mapping[str, object]) -> dict[str, object]:
    """Write fields as JSON keeps them: decimal numbers and days exactly."""
    return {name: _to_json(each) for name, each in content.items()}


def from_json(content: Mapping[str, object]) -> dict[str, object]:
    """Read back what `to_json` wrote."""
    return {name: _from_json(each) for name, each in content.items()}


def _to_json(value: object) -> object:
    if isinstance(value, Mapping):
        return to_json(value)
    if isinstance(value, list):
        return [_to_json(each) for each in value]
    if isinstance(value, Decimal):
        return f"{_EXACT}{value}"
    return f"{_DAY}{value.isoformat()}" if isinstance(value, date) else value


def _from_json(value: object) -> object:
    if isinstance(value, Mapping):
        return from_json(value)
    if isinstance(value, list):
        return [_from_json(each) for each in value]
    if isinstance(value, str) and value.startswith(_EXACT):
        return Decimal(value.removeprefix(_EXACT))
    if isinstance(value, str) and value.startswith(_DAY):
        return date.fromisoformat(value.removeprefix(_DAY))
    return value
