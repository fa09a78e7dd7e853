"""Join appeals into the events they are about, and keep the result."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from civicloop.analytics.candidates_on_spark import CandidatesOnSpark
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.store_events import (
    Clusters,
    refresh_same_event,
    store_clusters,
    store_pairs,
)
from civicloop.apps.issues.constraints import constraints_in_force
from civicloop.apps.issues.event_store import (
    DatabaseStore,
    replace_filings,
    replace_readings,
    write_pairs,
)
from civicloop.apps.issues.looked_at import not_looked_at, ranges_of
from civicloop.apps.issues.messages import (
    DecisionsKnown,
    PlaceNames,
    place_names,
    read_messages,
)
from civicloop.apps.issues.models import Event, EventRun, SimilarityBasis
from civicloop.apps.issues.pair_models import pair_model_in_use
from civicloop.engines.text.events import (
    Background,
    Constraint,
    EventIndex,
    find_events,
)
from civicloop.engines.text.events.candidates import PairUp, candidate_pairs
from civicloop.engines.text.events.storage import (
    BackgroundFileError,
    pack_background,
    unpack_background,
)

Progress = Callable[[str, int, int], None]

RENEWED_AT = 0.03  # appeals that came or went, as a share of those learned from: above it that is learned anew
APPEALS_PER_BATCH = 100


def find_events_in_history(
    *, now: datetime, learns_anew: bool = False, progress: Progress | None = None
) -> EventRun:
    """Look at every appeal and bring the stored events into line with what the engine finds.

    What is common in the city is kept while few came since it was learned, so that appeals placed
    one by one before and this look go by the same; `learns_anew` learns it in any case.

    An event keeps its number while it keeps most of its members. What was stored before a kill
    stays, and the next run, of whatever kind, carries on from there.
    """
    pair_up = _pair_up()
    known = DecisionsKnown.now()
    kept = None if learns_anew else _kept_basis()
    SimilarityBasis.objects.all().delete()
    messages = read_messages()
    ids = [message.id for message in messages]
    clustering = find_events(
        messages,
        constraints=constraints_in_force(),
        pair_model=pair_model_in_use(),
        background=kept.background if kept else None,
        pair_up=pair_up,
        progress=progress,
    )
    del messages
    clusters = Clusters.of(clustering.event_of)
    background = clustering.background
    store_clusters(clusters, background, replaces_all=True, now=now, known=known, progress=progress)
    store_pairs(clustering.neighbours(), ids, progress=progress)
    replace_readings(clustering, ids)
    with transaction.atomic():
        replace_filings(clustering, ids)
        SimilarityBasis.objects.create(
            learned_at=kept.learned_at if kept else now,
            appeal_count=kept.appeal_count if kept else len(ids),
            payload=pack_background(background),
            looked_at=ranges_of(ids),
        )
        return _record_run(ids, is_incremental=False, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is common in the city as it was learned, and when, and from how many appeals."""

    background: Background
    learned_at: datetime
    appeal_count: int


def _kept_basis() -> _Kept | None:
    basis = SimilarityBasis.objects.first()
    if basis is None or _is_worn(basis, not_looked_at(basis.looked_at)):
        return None
    try:
        background = unpack_background(bytes(basis.payload))
    except BackgroundFileError:  # of another version
        return None
    return _Kept(
        background=background, learned_at=basis.learned_at, appeal_count=basis.appeal_count
    )


def _is_worn(basis: SimilarityBasis, fresh: Sequence[int]) -> bool:
    """Whether so many came, placed already or not, or went that what is common is to be learned anew."""
    changed = abs(Appeal.objects.count() - basis.appeal_count)
    return max(changed, len(fresh)) > RENEWED_AT * basis.appeal_count


def _pair_up() -> PairUp:
    return CandidatesOnSpark(master=settings.SPARK) if settings.SPARK else candidate_pairs


def place_new_appeals(*, now: datetime, progress: Progress | None = None) -> EventRun:
    """Give each appeal not looked at yet its event, or none, as a look at all of them would.

    When many came since it was learned what is common in the city, placed already or not, that is
    learned anew: then all are looked at again.
    """
    basis = SimilarityBasis.objects.defer("payload").first()
    if basis is None:
        return find_events_in_history(now=now, progress=progress)
    fresh = not_looked_at(basis.looked_at)
    if _is_worn(basis, fresh):
        return find_events_in_history(now=now, progress=progress)
    return _place(fresh, basis, now=now, progress=progress)


def place_few_appeals(*, now: datetime) -> EventRun | None:
    """Give the few appeals that came since their events; none where that takes a look at all."""
    basis = SimilarityBasis.objects.defer("payload").first()
    fresh = not_looked_at(basis.looked_at) if basis else []
    if basis is None or not 0 < len(fresh) <= RENEWED_AT * basis.appeal_count:
        return None
    return _place(fresh, basis, now=now)


def renew_events(*, now: datetime) -> EventRun | None:
    """Look at all appeals again where many came since what is common was learned, or nobody ever looked."""
    basis = SimilarityBasis.objects.defer("payload").first()
    if basis is None:
        return find_events_in_history(now=now) if Appeal.objects.exists() else None
    if not _is_worn(basis, not_looked_at(basis.looked_at)):
        return None
    return find_events_in_history(now=now)


def _place(
    fresh: Sequence[int],
    basis: SimilarityBasis,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> EventRun:
    places = place_names()
    for start in range(0, len(fresh), APPEALS_PER_BATCH):
        batch = fresh[start : start + APPEALS_PER_BATCH]
        place_appeals(batch, basis_id=basis.pk, places=places, now=now)
        if progress:
            progress("place", min(start + APPEALS_PER_BATCH, len(fresh)), len(fresh))
    return _record_run(fresh, is_incremental=True, now=now)


@transaction.atomic
def place_appeals(
    ids: Collection[int], *, basis_id: int, places: PlaceNames, now: datetime
) -> None:
    """Place some appeals; those that another process has placed meanwhile are left out."""
    bases = SimilarityBasis.objects.select_for_update().defer("payload")
    basis = bases.filter(pk=basis_id).first()
    if basis is None:
        return  # a look at the whole history has begun; it sees these appeals too
    decisions = DecisionsKnown.now()
    fresh = set(ids) & set(not_looked_at(basis.looked_at))
    constraints = constraints_in_force()
    found = find_places(fresh, basis_id=basis_id, places=places, constraints=constraints)
    found.store.write()
    write_pairs(found.index.told())
    clusters, background = Clusters.of(found.event_of), background_of(basis_id)
    store_clusters(clusters, background, replaces_all=False, now=now, known=decisions)
    refresh_same_event(found.event_of)
    basis.looked_at = ranges_of(fresh, basis.looked_at)
    basis.save(update_fields=["looked_at"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found for some appeals, not written yet.

    ``event_of`` holds by id the smallest id of its event, of all appeals decided anew.
    """

    event_of: dict[int, int]
    index: EventIndex
    store: DatabaseStore


def find_places(
    ids: Collection[int],
    *,
    basis_id: int,
    places: PlaceNames,
    constraints: Sequence[Constraint],
) -> Found:
    """Find the events of appeals that were not looked at."""
    store = DatabaseStore(places)
    index = EventIndex(background_of(basis_id), store, constraints)
    for message in sorted(store.messages(ids), key=lambda message: message.id):
        index.arrive(message)
    return Found(event_of=index.settle(ids), index=index, store=store)


@lru_cache(maxsize=1)
def background_of(basis_id: int) -> Background:
    """What is common in the city, as one look at the history learned it; kept by the process."""
    payload = SimilarityBasis.objects.values_list("payload", flat=True).get(pk=basis_id)
    return unpack_background(bytes(payload))


@transaction.atomic
def _record_run(ids: Collection[int], *, is_incremental: bool, now: datetime) -> EventRun:
    run = EventRun.objects.create(
        run_at=now,
        last_appeal_id=max(ids, default=_last_looked_at()),
        appeal_count=len(ids),
        event_count=Event.objects.count(),
        is_incremental=is_incremental,
    )
    record_event(
        action="events_found",
        object_type="event_run",
        object_id=run.pk,
        actor=None,
        now=now,
        details={"appeals": len(ids), "events": run.event_count, "incremental": is_incremental},
    )
    return run


def _last_looked_at() -> int:
    last = EventRun.objects.first()
    return last.last_appeal_id if last else 0
