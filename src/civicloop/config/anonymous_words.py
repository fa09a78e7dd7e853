"""Citizens' words without what tells who somebody is: what is found in them, and what is known of their writer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from civicloop.apps.accounts.visibility import Sight
from civicloop.apps.accounts.words import words_at
from civicloop.apps.intake.models import Appeal, Contact, ImportRun, OriginalRow
from civicloop.apps.intake.wording_of_columns import CALLER_FIELDS
from civicloop.apps.vault.identities import open_identities
from civicloop.apps.vault.sealing import SealBrokenError

WORDS = ("subject", "text", "reply_text")
SHORTEST_DETAIL = 2
KNOWN, NUMBER = "〖本人〗", "〖数字〗"
_LONG_NUMBER = re.compile(r"\d{7,}")


class WordsWithoutPersons:
    """Takes persons out of the words of appeals; of a report nothing is left."""

    def __init__(self) -> None:
        self._places: dict[int, Mapping[str, Sequence[int]]] = {}

    def of(self, appeals: Sequence[Appeal]) -> dict[int, tuple[str | None, ...]]:
        """By number the words of each, in the order of `WORDS`."""
        known = self._known([appeal.pk for appeal in appeals])
        return {
            appeal.pk: (None,) * len(WORDS)
            if appeal.is_sensitive
            else tuple(_without(getattr(appeal, column), known[appeal.pk]) for column in WORDS)
            for appeal in appeals
        }

    def _known(self, ids: Sequence[int]) -> defaultdict[int, list[str]]:
        """What the vault and the rows of files know of each writer, the longest first."""
        known: defaultdict[int, list[str]] = defaultdict(list)
        refs = dict(Contact.objects.filter(appeal__in=ids).values_list("ref", "appeal"))
        for ref, details in open_identities(list(refs)).items():
            given = (details.name, details.phone, details.id_number, details.address)
            known[refs[ref]] += given
        for row in OriginalRow.objects.filter(appeal__in=ids):
            known[row.appeal_id] += self._callers_of(row)
        for number, details_of_one in known.items():
            whole = {one.strip() for one in details_of_one if len(one.strip()) >= SHORTEST_DETAIL}
            known[number] = sorted(whole, key=len, reverse=True)
        return known

    def _callers_of(self, row: OriginalRow) -> Iterable[str]:
        if row.run_id not in self._places:
            self._places[row.run_id] = _caller_places(row.run)
        places = self._places[row.run_id].get(row.sheet, ())
        if not places:
            return []
        try:
            cells = row.opened_cells()
        except SealBrokenError:
            return []
        return [cells[place] for place in places if place < len(cells)]


def _caller_places(run: ImportRun) -> Mapping[str, Sequence[int]]:
    """By sheet the places of the cells that say who called."""
    return {
        sheet["name"][:100]: [
            place
            for place, column in enumerate(sheet["columns"])
            if column.get("field") in CALLER_FIELDS
        ]
        for sheet in run.shape.get("sheets", [])
    }


def _without(words: str, known: Sequence[str]) -> str:
    for detail in known:
        words = words.replace(detail, KNOWN)
    return _LONG_NUMBER.sub(NUMBER, words_at(Sight.MASKED, words))
