"""The code on a citizen's receipt: made from the form's token, kept only as a keyed hash.

A form that is sent twice, or again after the answer was lost, so gets the same code, and nobody who
reads the database alone learns it or can try codes against the hash.
"""

import json
import unicodedata
from collections.abc import Mapping
from hashlib import sha256

from django.utils.crypto import constant_time_compare, salted_hmac

from civicloop.apps.intake.models import Receipt

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
CODE_LENGTH = 13  # more than 64 bits: guessing is hopeless without any limit on tries
GROUP = 4


def form_key_of(token: str) -> str:
    """What is kept of a form's token."""
    return sha256(token.encode()).hexdigest()


def body_hash_of(fields: Mapping[str, object]) -> str:
    """What is kept of a form's fields, whatever their order; keyed, for it holds who the citizen is."""
    return _keyed("form body", json.dumps(dict(fields), sort_keys=True)).hex()


def code_of(token: str) -> str:
    """The code that belongs to a form's token."""
    number = int.from_bytes(_keyed("receipt code", token))
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def hash_of(number: str, code: str) -> str:
    return _keyed("receipt hash", f"{number} {code}").hex()


def is_code_of(receipt: Receipt, code: str) -> bool:
    """Whether somebody's writing of the code is the receipt's."""
    return constant_time_compare(receipt.code_hash, hash_of(receipt.number, plain_code(code)))


def plain_code(written: str) -> str:
    """A code without spaces, hyphens, width and case."""
    plain = unicodedata.normalize("NFKC", written).upper()
    return "".join(letter for letter in plain if letter.isalnum())


def shown_code(code: str) -> str:
    """As it is printed: in three groups, the last longer by one."""
    first, second = GROUP, 2 * GROUP
    return f"{code[:first]}-{code[first:second]}-{code[second:]}"


def _keyed(purpose: str, text: str) -> bytes:
    return salted_hmac(f"civicloop {purpose}", text, algorithm="sha256").digest()
