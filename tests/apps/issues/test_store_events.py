import pytest

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.issues.actions.store_events import Clusters, store_clusters, store_pairs
from civicloop.apps.issues.messages import DecisionsKnown, read_messages
from civicloop.apps.issues.models import Event, EventMember, SimilarAppeal
from civicloop.engines.text.events import Reason, SimilarPair, learn_background

pytestmark = pytest.mark.django_db


def store(event_of: dict[int, int], now, *, replaces_all: bool = True) -> None:
    background = learn_background(read_messages())
    clusters, known = Clusters.of(event_of), DecisionsKnown.now()
    store_clusters(clusters, background, replaces_all=replaces_all, now=now, known=known)


def stored() -> dict[int, int]:
    return dict(EventMember.objects.values_list("appeal_id", "event_id"))


def test_appeals_that_stand_alone_have_no_event(make_appeal, now):
    first, second, third = (make_appeal() for _ in range(3))

    store({first.pk: 1, second.pk: 1, third.pk: 2}, now)

    [event] = Event.objects.all()
    assert stored() == {first.pk: event.pk, second.pk: event.pk}


def test_an_event_lives_on_where_most_of_its_members_are(make_appeal, now):
    ids = [make_appeal().pk for _ in range(5)]
    store(dict.fromkeys(ids, 1), now)
    number = Event.objects.get().pk

    store({ids[0]: 1, ids[1]: 1, ids[2]: 2, ids[3]: 2, ids[4]: 2}, now)

    assert {stored()[appeal_id] for appeal_id in ids[2:]} == {number}
    assert stored()[ids[0]] == stored()[ids[1]] != number


def test_a_second_run_with_the_same_result_writes_nothing(make_appeal, now):
    ids = [make_appeal().pk for _ in range(4)]
    store({ids[0]: 1, ids[1]: 1, ids[2]: 2, ids[3]: 2}, now)
    written = AuditEvent.objects.count()

    store({ids[0]: 1, ids[1]: 1, ids[2]: 2, ids[3]: 2}, now)

    assert AuditEvent.objects.count() == written


def test_an_event_with_a_stale_count_is_written_again(make_appeal, now):
    """As it stands after a kill between two batches."""
    ids = [make_appeal().pk for _ in range(3)]
    store(dict.fromkeys(ids, 1), now)
    Event.objects.update(appeal_count=9)

    store(dict.fromkeys(ids, 1), now)

    assert Event.objects.get().appeal_count == 3


def test_an_event_that_lost_all_members_is_gone(make_appeal, now):
    ids = [make_appeal().pk for _ in range(2)]
    store(dict.fromkeys(ids, 1), now)

    store({ids[0]: 1, ids[1]: 2}, now)

    assert not Event.objects.exists()
    assert AuditEvent.objects.filter(action="appeals_released").count() == 1


def test_an_event_tells_its_people_places_and_time_span(make_appeal, now):
    first = make_appeal("青禾苑供热不足", caller_key="one")
    second = make_appeal("青禾苑二期供热不足，家里只有十四度", caller_key="one")
    third = make_appeal("青禾苑供热不足", caller_key="")

    store({first.pk: 1, second.pk: 1, third.pk: 1}, now)

    event = Event.objects.get()
    assert (event.appeal_count, event.people_count) == (3, 2)
    assert (event.first_at, event.last_at) == (first.received_at, third.received_at)
    assert "青禾苑" in event.title


def test_a_pair_is_kept_under_both_appeals_with_its_reasons(make_appeal):
    first, second = make_appeal(), make_appeal()
    reason = Reason(code="same_place", detail="青禾苑", weight=2.5)
    pair = SimilarPair(
        first=first.pk, second=second.pk, score=0.9, same_event=True, reasons=(reason,)
    )

    store_pairs([pair], [first.pk, second.pk])

    assert [s.other_id for s in first.similar_appeals.all()] == [second.pk]
    assert SimilarAppeal.objects.get(appeal=second).reasons == [["same_place", "青禾苑", 2.5]]


def test_pairs_of_a_new_run_replace_the_old_ones(make_appeal):
    first, second, third = (make_appeal() for _ in range(3))
    ids = [first.pk, second.pk, third.pk]
    old = SimilarPair(first=ids[0], second=ids[1], score=0.9, same_event=True, reasons=())
    new = SimilarPair(first=ids[0], second=ids[2], score=0.4, same_event=False, reasons=())
    store_pairs([old], ids)

    store_pairs([new], ids)

    assert set(SimilarAppeal.objects.values_list("appeal_id", "other_id")) == {
        (ids[0], ids[2]),
        (ids[2], ids[0]),
    }
