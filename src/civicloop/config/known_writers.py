"""What the vault, and the rows of files, know of who wrote an appeal: it goes wherever it stands in words.

The finder of personal details sees a name that something announces; of the writer the platform knows it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from civicloop.apps.intake.models import Contact, ImportRun, OriginalRow
from civicloop.apps.intake.wording_of_columns import CALLER_FIELDS
from civicloop.apps.vault.identities import open_identities
from civicloop.apps.vault.sealing import SealBrokenError
from civicloop.engines.pii import is_no_name

SHORTEST_DETAIL = 2
KNOWN = "〖本人〗"

Known = Mapping[int, Sequence[str]]  # by appeal, the longest first


class KnownWriters:
    """Opens what is sealed of appeals' writers; of each file it learns once which columns say who called."""

    def __init__(self) -> None:
        self._places: dict[int, Mapping[str, Sequence[int]]] = {}

    def of(self, ids: Sequence[int], *, with_homes: bool) -> Known:
        """By appeal what is known of its writer: name, telephone, identity number, maybe the home."""
        known: defaultdict[int, list[str]] = defaultdict(list)
        refs = dict(Contact.objects.filter(appeal__in=ids).values_list("ref", "appeal"))
        for ref, details in open_identities(list(refs)).items():
            known[refs[ref]] += [details.name, details.phone, details.id_number]
            if with_homes:
                known[refs[ref]].append(details.address)
        for row in OriginalRow.objects.filter(appeal__in=ids).select_related("run"):
            known[row.appeal_id] += self._callers_of(row)
        return defaultdict(list, {number: _telling(details) for number, details in known.items()})

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


def without_known(value: object, known: Sequence[str]) -> object:
    """A value of a column without them: its strings, however deep in lists and mappings."""
    if isinstance(value, str):
        for detail in known:
            value = value.replace(detail, KNOWN)
        return value
    if isinstance(value, list):
        return [without_known(one, known) for one in value]
    if isinstance(value, dict):
        return {key: without_known(one, known) for key, one in value.items()}
    return value


def _telling(details: Iterable[str]) -> list[str]:
    whole = {one.strip() for one in details if len(one.strip()) >= SHORTEST_DETAIL}
    return sorted((one for one in whole if not is_no_name(one)), key=len, reverse=True)


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
