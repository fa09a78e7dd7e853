"""Judge a row whose number belongs to an appeal that says something else.

No file changes the citizen's own words, nor when and where they were said. What the office adds
to them (its sorting, the votes, the reply) may grow from one export to the next.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

from django.db import connection

from civicloop.apps.intake.models import (
    SPOKEN,
    Appeal,
    ImportRun,
    LaterRow,
    OnExisting,
    OriginalRow,
    SealedWords,
    TopicBasis,
)
from civicloop.apps.intake.rows import Candidate, said_details
from civicloop.apps.intake.writing import read_moment
from civicloop.apps.vault.sealing import SealBrokenError

TOPIC_COLUMNS = frozenset({"topic_id", "topic_basis"})


class Verdict(Enum):
    """What a row is to an appeal that has its number."""

    PRESENT = auto()  # nothing to do: an older row, or the appeal is to stay as it is
    UPDATE = auto()
    OTHER_WORDS = auto()  # another appeal, or the file contradicts itself
    OTHER_DETAILS = auto()


class Version(NamedTuple):
    """A row that an appeal came from or was brought up to date by."""

    file_sha256: str
    file_name: str
    sheet: str
    row_number: int


class KnownAppeal:
    """An appeal and the rows that made it what it is."""

    def __init__(self, appeal: Appeal) -> None:
        self.appeal = appeal
        self.said: tuple[str, ...] = (appeal.subject, appeal.text, appeal.address)
        self._versions: list[Version] = []
        self._hashes = {appeal.content_hash}

    def add(self, version: Version, *hashes: str) -> None:
        self._versions.append(version)
        self._hashes.update(hashes)

    def add_version(self, run: ImportRun, candidate: Candidate) -> None:
        place = (candidate.sheet[:100], candidate.number)
        version = Version(run.file_sha256, run.file_name, *place)
        self.add(version, candidate.content_hash)

    @property
    def latest_place(self) -> tuple[str, int]:
        """File and row that the appeal stands in as it is."""
        if not self._versions:
            return "", 0
        return self._versions[-1].file_name, self._versions[-1].row_number

    def judge(self, run: ImportRun, candidate: Candidate) -> Verdict:
        """What the row is; one that says what an earlier row said changes nothing."""
        if candidate.content_hash in self._hashes:
            return Verdict.PRESENT
        if self._stands_elsewhere_in(run.file_sha256, candidate) or not self._says(candidate):
            return Verdict.OTHER_WORDS
        if run.on_existing == OnExisting.UPDATE:
            return Verdict.UPDATE
        return Verdict.PRESENT if run.on_existing == OnExisting.KEEP else Verdict.OTHER_DETAILS

    def _stands_elsewhere_in(self, file_sha256: str, candidate: Candidate) -> bool:
        """Whether the same file has the appeal in another row: then neither counts as later."""
        place = (candidate.sheet[:100], candidate.number)
        return any(
            version.file_sha256 == file_sha256 and (version.sheet, version.row_number) != place
            for version in self._versions
        )

    def _says(self, candidate: Candidate) -> bool:
        """Whether the row has the citizen's words, time, place and person."""
        appeal, caller = self.appeal, candidate.column("caller_key")
        received_at = read_moment(candidate.column("received_at"))
        return (
            tuple(map(candidate.column, SPOKEN)) == self.said
            and (not candidate.says("received_at") or received_at == appeal.received_at)
            and (not caller or not appeal.caller_key or caller == appeal.caller_key)
        )

    def changes(self, candidate: Candidate) -> dict[str, Any]:
        """The columns that the row changes; a topic that a person settled is not among them."""
        appeal, said = self.appeal, said_details(candidate)
        if appeal.topic_basis == TopicBasis.CONFIRMED:
            said = {name: value for name, value in said.items() if name not in TOPIC_COLUMNS}
        reply = said.get("reply_text", appeal.reply_text)
        replied_at = said.get("replied_at", appeal.replied_at)
        said["is_waiting"] = not reply and replied_at is None
        return {name: value for name, value in said.items() if getattr(appeal, name) != value}


def known_appeals(ids: Sequence[int]) -> dict[int, KnownAppeal]:
    """The appeals with their rows; inside a transaction they are locked."""
    appeals = Appeal.objects.filter(id__in=ids).order_by("id")
    if connection.in_atomic_block:
        appeals = appeals.select_for_update()
    known = {appeal.id: KnownAppeal(appeal) for appeal in appeals}
    for sealed in SealedWords.objects.filter(appeal_id__in=ids):
        known_one = known[sealed.appeal_id]
        try:
            words = sealed.opened()
        except SealBrokenError:  # no row says what nobody can read: it goes back as another's words
            continue
        own = dict(zip(SPOKEN, known_one.said, strict=True))
        known_one.said = tuple(words[column] or own[column] for column in SPOKEN)
    place = ("run__file_sha256", "run__file_name", "sheet", "row_number")
    originals = OriginalRow.objects.filter(appeal_id__in=ids)
    for appeal_id, *version in originals.values_list("appeal_id", *place):
        known[appeal_id].add(Version(*version))
    later = LaterRow.objects.filter(appeal_id__in=ids)
    for appeal_id, before, after, *version in later.values_list(
        "appeal_id", "hash_before", "hash_after", *place
    ):
        known[appeal_id].add(Version(*version), before, after)
    return known
