"""Which appeals a text that is still being written seems to repeat; nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.actions.find_events import background_of
from civicloop.apps.issues.event_store import DatabaseStore
from civicloop.apps.issues.messages import PlaceNames
from civicloop.apps.issues.models import EventMember, SimilarityBasis
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.apps.places.models import Area
from civicloop.engines.text.events import LINK_CHANCE, EventIndex, Message, Reason

SHOWN = 5
FEWEST_CHARACTERS = 8
NOT_KEPT = 0  # the number of what is not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeAppeal:
    """An appeal that is like the text, how sure it is that both are one matter, and why."""

    appeal: Appeal
    event_id: int | None
    chance: float  # 0 to 1
    reasons: Sequence[Reason]  # weightiest first
    is_same_caller: bool

    @property
    def is_one_matter(self) -> bool:
        """Whether the likeness alone speaks for one matter."""
        return self.chance > LINK_CHANCE


def appeals_like(
    text: str, *, area: Area | None, caller_key: str, places: PlaceNames, now: datetime
) -> list[LikeAppeal]:
    """The appeals most like a text, likest first; none before events were ever looked for."""
    basis = SimilarityBasis.objects.only("id").first()
    if basis is None or len(text.strip()) < FEWEST_CHARACTERS:
        return []
    index = EventIndex(background_of(basis.pk), DatabaseStore(places))
    asked = Message(
        id=NOT_KEPT,
        subject="",
        text=text,
        author=caller_key,
        received_at=now,
        place=places.get(area.pk, "") if area else "",
    )
    pairs = list(islice(index.look(asked), SHOWN))
    appeals = without_hidden(Appeal.objects.select_related("area", "channel")).in_bulk(
        [pair.second for pair in pairs]
    )
    members = without_hidden_events(EventMember.objects.filter(appeal__in=appeals), "event")
    events = dict(members.values_list("appeal_id", "event_id"))
    return [
        LikeAppeal(
            appeal=appeals[pair.second],
            event_id=events.get(pair.second),
            chance=pair.score,
            reasons=pair.reasons,
            is_same_caller=bool(caller_key) and appeals[pair.second].caller_key == caller_key,
        )
        for pair in pairs
        if pair.second in appeals
    ]
