from datetime import UTC, datetime

import numpy as np
import pytest

from civicloop.apps.issues.event_store import DatabaseStore
from civicloop.apps.issues.messages import messages_of, place_names, read_messages
from civicloop.apps.issues.models import AppealComponent, ReadAppeal

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeals(make_appeal) -> list[int]:
    return sorted(make_appeal().pk for _ in range(4))


def store() -> DatabaseStore:
    return DatabaseStore(place_names())


def test_what_is_kept_is_known_at_once_and_written_together(appeals):
    both = appeals[:2]
    first = store()
    for number in both:
        first.keep_reading(number, b"%d" % number)
    first.keep_components([], {both[0]: b"both"}, dict.fromkeys(both, both[0]))
    known = first.readings(appeals)
    assert not ReadAppeal.objects.exists()

    first.write()

    again = store()
    assert again.readings(appeals) == known == {n: (b"%d" % n, appeals[0]) for n in both}
    assert again.components([appeals[0]]) == {appeals[0]: b"both"}


def test_what_moves_to_another_component_moves_unread(appeals):
    one, two, three, four = appeals
    first = store()
    for number in appeals:
        first.keep_reading(number, b"r")
    first.keep_components(
        [], {one: b"one", three: b"other"}, {one: one, two: one, three: three, four: three}
    )
    first.write()

    second = store()
    second.keep_components([three], {one: b"all"}, {three: one, four: one})
    assert second.readings([four]) == {four: (b"r", one)}
    second.write()

    assert second.readings(appeals) == dict.fromkeys(appeals, (b"r", one))
    held = dict(ReadAppeal.objects.values_list("appeal_id", "component"))
    assert held == dict.fromkeys(appeals, one)
    assert [bytes(row.payload) for row in AppealComponent.objects.all()] == [b"all"]


def test_a_component_that_falls_apart_is_gone(appeals):
    both = appeals[:2]
    first = store()
    for number in both:
        first.keep_reading(number, b"r")
    first.keep_components([], {both[0]: b"both"}, dict.fromkeys(both, both[0]))
    first.write()

    second = store()
    second.readings(both)
    second.keep_components([both[0]], {}, dict.fromkeys(both))
    second.write()

    assert set(ReadAppeal.objects.values_list("component", flat=True)) == {None}
    assert not AppealComponent.objects.exists()


def test_under_a_gram_the_newest_are_filed(appeals):
    gram = np.array([70])
    first = store()
    first.filed(gram)
    for number in range(1, 21):
        first.file(number, gram)
    assert first.filed(gram)[1].tolist() == list(range(5, 21))
    first.write()

    second = store()
    second.filed(gram)
    second.file(21, gram)
    second.write()

    assert store().filed(np.array([69, 70, 71]))[1].tolist() == list(range(6, 22))


def test_filings_are_told_by_gram_in_the_order_they_came(appeals):
    near, far = 64 * 5 + 2, 64 * 900 + 2  # the same place on two shelves
    first = store()
    for number in (3, 1):
        first.filed(np.array([near, near + 1, far]))
        first.file(number, np.array([near, far]))
        first.file(number + 10, np.array([near + 1]))
    first.write()

    second = store()
    second.filed(np.array([near, far]))
    second.file(2, np.array([far]))

    gram, owner = second.filed(np.array([near, far]))
    assert gram.tolist() == [near, near, far, far, far]
    assert owner.tolist() == [3, 1, 3, 1, 2]
    assert [len(found) for found in second.filed(np.array([], np.int64))] == [0, 0]


def test_a_few_appeals_are_read_as_all_are(make_appeal):
    make_appeal(
        address="青禾路12号", caller_key="c1", received_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    )
    make_appeal(subject="停水")

    every = read_messages()

    places = place_names()
    assert [m for one in every for m in messages_of([one.id], places)] == every
