"""Citizens' words without what tells who somebody is: what is found in them, and what is known of their writer."""

import re
from collections.abc import Sequence

from civicloop.apps.accounts.visibility import Sight
from civicloop.apps.accounts.words import words_at
from civicloop.apps.intake.models import Appeal
from civicloop.config.known_writers import KnownWriters, without_known

WORDS = ("subject", "text", "reply_text")
NUMBER = "〖数字〗"
_LONG_NUMBER = re.compile(r"\d{7,}")


class WordsWithoutPersons:
    """Takes persons out of the words of appeals; of a report nothing is left."""

    def __init__(self) -> None:
        self._writers = KnownWriters()

    def of(self, appeals: Sequence[Appeal]) -> dict[int, tuple[str | None, ...]]:
        """By number the words of each, in the order of `WORDS`."""
        known = self._writers.of([appeal.pk for appeal in appeals], with_homes=True)
        return {
            appeal.pk: (None,) * len(WORDS)
            if appeal.is_sensitive
            else tuple(_without(getattr(appeal, column), known[appeal.pk]) for column in WORDS)
            for appeal in appeals
        }


def _without(words: str, known: Sequence[str]) -> str:
    left = str(without_known(words, known))
    return _LONG_NUMBER.sub(NUMBER, words_at(Sight.MASKED, left))
