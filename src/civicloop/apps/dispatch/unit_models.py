"""The learned suggestion of units that is in use, and what it thinks of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from civicloop.apps.dispatch.directory_facts import CityUnits
from civicloop.apps.dispatch.models import UnitModelVersion
from civicloop.engines.routing.deciding import Suggestion
from civicloop.engines.text.topics import TopicModel, TopicModelFileError, TopicText

DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedUnits:
    """Units for one text, likeliest first, and the words that led to the first."""

    suggestion: Suggestion
    words: list[tuple[str, float]]


def active_unit_model() -> tuple[UnitModelVersion, TopicModel] | None:
    """The model in use; None where there is none that this program reads."""
    versions = UnitModelVersion.objects.only("version", "trained_at", "threshold")
    version = versions.filter(is_active=True).first()
    if version is None:
        return None
    try:
        return version, _loaded(version.pk, version.trained_at)
    except TopicModelFileError:
        return None


def unit_models() -> QuerySet[UnitModelVersion]:
    """Every version, newest first, without its coefficients."""
    return UnitModelVersion.objects.defer("payload", "seen").order_by("-version")


@lru_cache(maxsize=1)
def _loaded(version_id: int, _trained_at: datetime) -> TopicModel:
    payload = UnitModelVersion.objects.values_list("payload", flat=True).get(pk=version_id)
    return TopicModel.from_bytes(bytes(payload))


def suggest_units(
    model: TopicModel, texts: Sequence[TopicText], areas: Sequence[str], units: CityUnits
) -> list[LearnedUnits]:
    """What was learned about each text; `areas` are the first digits of each one's area."""
    if not texts:
        return []
    return [
        LearnedUnits(
            suggestion=Suggestion(ranked=_ranked(one.ranked, area, units)),
            words=[(word.word, round(word.weight, DIGITS)) for word in one.words],
        )
        for area, one in zip(areas, model.predict(texts, further=False), strict=True)
    ]


def _ranked(
    labels: Sequence[tuple[str, float]], area: str, units: CityUnits
) -> tuple[tuple[str, float], ...]:
    """Units by probability; "" stands for a duty that no one unit of the area has."""
    found: dict[str, float] = {}
    for label, share in labels:
        unit = units.duties.unit_of(label, area)
        found[unit] = found.get(unit, 0.0) + share
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return tuple((unit, round(share, DIGITS)) for unit, share in ranked)
