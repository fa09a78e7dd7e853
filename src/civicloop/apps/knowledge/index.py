"""The index of the articles that readers see, kept by each process and brought up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

from civicloop.apps.knowledge.models import Article, ArticleVersion, Audience, IndexMark
from civicloop.apps.places.models import Area
from civicloop.engines.text.articles import ArticleIndex, Entry, entry_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A version readers see: its words as the index knows them, and what it holds for."""

    entry: Entry
    valid_from: date
    valid_to: date | None
    is_public: bool
    area_prefix: str  # "" for the whole city

    def serves(self, *, day: date, audience: str, area: Area | None) -> bool:
        """Whether this reader may be told of it: valid, allowed, and not of another place."""
        if self.valid_from > day or (self.valid_to is not None and self.valid_to < day):
            return False
        if audience == Audience.PUBLIC and not self.is_public:
            return False
        asked = area.prefix if area else ""
        return asked.startswith(self.area_prefix) or self.area_prefix.startswith(asked)


class KeptIndex:
    """What readers see, by the number of the version, and the mark up to which it is true."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew at the next question."""
        self._mark = -1
        self._shelf: Mapping[int, Held] = {}
        self._index = ArticleIndex([])

    def fresh(self) -> tuple[ArticleIndex, Mapping[int, Held]]:
        """The index and its articles; only a look at the mark if nothing has changed."""
        marks = IndexMark.objects.filter(id=1).values_list("changes", flat=True)
        mark = marks.first() or 0  # before the articles: what comes in between is read again
        with self._lock:
            if mark != self._mark:
                self._shelf = _read(self._shelf)
                self._index = ArticleIndex(held.entry for held in self._shelf.values())
                self._mark = mark
            return self._index, self._shelf


def _read(known: Mapping[int, Held]) -> dict[int, Held]:
    """The published versions, oldest first; only those that are new are read."""
    published = Article.objects.filter(current__isnull=False).order_by("current_id")
    ids = [number for number in published.values_list("current_id", flat=True) if number]
    missing = [number for number in ids if number not in known]
    new = ArticleVersion.objects.select_related("topic", "area").in_bulk(missing)
    return {number: known.get(number) or _held(new[number]) for number in ids}


def _held(version: ArticleVersion) -> Held:
    return Held(
        entry=entry_of(
            version.pk,
            head=[version.title, version.questions],
            body=[version.answer, version.steps, version.legal_basis],
            topic=version.topic.path.split("/") if version.topic else (),
        ),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        is_public=version.audience == Audience.PUBLIC,
        area_prefix=version.area.prefix if version.area else "",
    )


KEPT = KeptIndex()
