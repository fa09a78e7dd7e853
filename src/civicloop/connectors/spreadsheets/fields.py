"""The fields of an appeal that a column can hold, and how headers name them."""

import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Field(StrEnum):
    """What a column of an imported file holds."""

    ID = "id"
    SUBJECT = "subject"
    TEXT = "text"
    RECEIVED_AT = "received_at"
    CHANNEL = "channel"
    KIND = "kind"
    CALLER = "caller"  # the caller's number or name in the source, used to count people
    CALLER_NAME = "caller_name"
    CALLER_PHONE = "caller_phone"
    AREA = "area"
    ADDRESS = "address"
    TOPIC = "topic"
    TOPIC_LEVEL1 = "topic_level1"
    TOPIC_LEVEL2 = "topic_level2"
    TOPIC_LEVEL3 = "topic_level3"
    UNIT = "unit"
    SUPPORT = "support"
    OPPOSE = "oppose"
    REPLY = "reply"
    REPLIED_AT = "replied_at"
    IGNORE = "ignore"


TIME_FIELDS = frozenset({Field.RECEIVED_AT, Field.REPLIED_AT})
NUMBER_FIELDS = frozenset({Field.SUPPORT, Field.OPPOSE})
CALLER_FIELDS = frozenset({Field.CALLER, Field.CALLER_NAME, Field.CALLER_PHONE})
IDENTIFIER_FIELDS = frozenset({Field.ID, Field.CALLER, Field.CALLER_PHONE})
# A value merged over several rows holds for each of them, except where that would double an appeal.
UNREPEATED_FIELDS = frozenset({Field.ID, Field.SUBJECT, Field.TEXT, Field.SUPPORT, Field.OPPOSE})

_BRACKETS = re.compile(r"[(\[【<{].*?[)\]】>}]")
_NOISE = re.compile(r"[\W_]+")


class Synonym(NamedTuple):
    """A field named by a header; the smaller rank wins when two columns name one field."""

    field: Field
    rank: int


def normalise_header(header: str) -> str:
    """Return a header without case, width, spaces and punctuation: ``留言 时间：`` → ``留言时间``."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header).casefold())


@cache
def header_synonyms() -> dict[str, Synonym]:
    """Return the known headers, normalised, from ``presets/headers.toml``."""
    source = files("civicloop").joinpath("presets/headers.toml").read_text(encoding="utf-8")
    synonyms: dict[str, Synonym] = {}
    for name, headers in tomllib.loads(source)["headers"].items():
        for rank, header in enumerate(headers):
            synonyms.setdefault(normalise_header(header), Synonym(Field(name), rank))
    return synonyms


def guess_field(header: str) -> Synonym | None:
    """Return the field that a header names, or None; a remark in brackets may follow the name."""
    synonyms = header_synonyms()
    found = synonyms.get(normalise_header(header))
    if found is None:
        bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", header))
        found = synonyms.get(normalise_header(bare))
    return found
