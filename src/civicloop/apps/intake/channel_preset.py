"""The channels and kinds that civicloop knows by itself, and the words that files use for them."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from civicloop.apps.intake.models import Kind

OTHER_CHANNEL = "other"


class ChannelPreset(NamedTuple):
    code: str
    name: str
    name_en: str
    synonyms: list[str]

    @property
    def words(self) -> list[str]:
        return [self.code, self.name, self.name_en, *self.synonyms]


def plain_name(name: str) -> str:
    """A name without width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def preset_channels() -> tuple[ChannelPreset, ...]:
    return tuple(ChannelPreset(**table) for table in _preset("channels")["channels"])


@cache
def kinds_by_name() -> dict[str, str]:
    """The kind that each word means."""
    names: dict[str, str] = {}
    for code, words in _preset("kinds")["kinds"].items():
        names |= {plain_name(word): Kind(code).value for word in [code, *words]}
    return names


def _preset(name: str) -> dict[str, Any]:
    source = files("civicloop").joinpath(f"presets/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)
