"""Events are linked in the transaction that writes them, whoever writes at the same time."""

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.factories import UserFactory

from civicloop.apps.audit.actions import (
    record_event,
    record_events,
    record_look,
    written_together,
)
from civicloop.apps.audit.anchors import anchor_now
from civicloop.apps.audit.chaining import ChainGoneError
from civicloop.apps.audit.models import AuditChain, AuditEvent
from civicloop.apps.audit.verifying import last_check, verify_audit

ODD_DETAILS = {"number": 1e16, "half": 0.5, "words": "中\u2028\"'", "none": None, "list": [1.0, {}]}


def write(now, count=1, action="a", details=None):
    about = {number: details or {"n": number} for number in range(count)}
    with transaction.atomic():
        return record_events(action=action, object_type="b", details=about, actor=None, now=now)


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def faults(now, anchors=()):
    found = verify_audit(anchors=anchors, now=now).faults
    return [(one["kind"], one["event"] or one["position"]) for one in found]


@pytest.mark.django_db
def test_every_event_is_linked_whatever_it_tells(now):
    write(now, details=ODD_DETAILS)
    write(now, count=3)

    assert faults(now) == []
    assert last_check().event_count == 4


@pytest.mark.django_db(transaction=True)
def test_events_of_savepoints_that_were_taken_back_leave_no_gap(now):
    def fail_within(depth):
        with transaction.atomic():
            record(now, f"lost {depth}")
            if depth:
                fail_within(depth - 1)
            raise ValueError("taken back")

    def record(now, action):
        record_event(action=action, object_type="b", object_id=1, actor=None, now=now)

    with transaction.atomic():
        for depth in range(3):
            with pytest.raises(ValueError, match="taken back"):
                fail_within(depth)
            with transaction.atomic():
                record(now, f"kept {depth}")
            record(now, "outer")
    with pytest.raises(ValueError, match="taken back"):
        fail_within(1)
    write(now)

    assert faults(now) == []
    assert AuditEvent.objects.count() == 7
    assert not AuditEvent.objects.filter(action__startswith="lost").exists()


@given(steps=st.lists(st.sampled_from(["write", "bulk", "open", "keep", "drop"]), max_size=25))
@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@pytest.mark.django_db
def test_chain_is_whole_whatever_is_nested_and_taken_back(now, steps):
    with transaction.atomic():
        open_blocks = []
        for step in steps:
            if step == "write":
                record_event(action="a", object_type="b", object_id=1, actor=None, now=now)
            elif step == "bulk":
                with written_together():
                    write(now, count=2)
            elif step == "open":
                open_blocks.append(transaction.atomic())
                open_blocks[-1].__enter__()
            elif open_blocks:
                block = open_blocks.pop()
                transaction.set_rollback(step == "drop")
                block.__exit__(None, None, None)
        while open_blocks:
            open_blocks.pop().__exit__(None, None, None)

    assert faults(now) == []


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_wait_for_no_chain_and_break_none(now):
    writers, rounds = 6, 15
    ready = threading.Barrier(writers)

    def work():
        try:
            ready.wait()
            for number in range(rounds):
                write(now, count=1 + number % 3)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults(now) == []
    assert AuditEvent.objects.count() == writers * rounds * 2


@pytest.mark.skipif("sqlite" in settings.ENVIRONMENT.database_url, reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_transaction_that_holds_a_chain_keeps_no_other_waiting(now):
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            record_event(action="slow", object_type="b", object_id=1, actor=None, now=now)
            held.set()
            done.wait(30)
        connections.close_all()

    write(now)
    slow = threading.Thread(target=hold)
    slow.start()
    held.wait(30)
    write(now, action="quick")
    is_written = AuditEvent.objects.filter(action="quick").exists()
    done.set()
    slow.join()

    assert is_written
    assert AuditChain.objects.count() == 2
    assert faults(now) == []


def edit_details(event):
    execute("UPDATE audit_auditevent SET details = '{\"n\": 99}' WHERE id = %s", event.pk)


def edit_actor(event):
    execute("UPDATE audit_auditevent SET action = 'harmless' WHERE id = %s", event.pk)


def edit_time(event):
    execute("UPDATE audit_auditevent SET at = '2001-01-01 00:00:00+00:00' WHERE id = %s", event.pk)


def edit_code(event):
    execute("UPDATE audit_auditevent SET mac = %s WHERE id = %s", b"\x01" * 32, event.pk)


@pytest.mark.parametrize("tamper", [edit_details, edit_actor, edit_time, edit_code])
@pytest.mark.parametrize("number", [0, 4, 9])
@pytest.mark.django_db
def test_event_edited_in_the_database_is_named(now, tamper, number):
    event = write(now, count=10)[number]
    assert faults(now) == []

    tamper(event)

    found = faults(now)
    assert ("changed", event.pk) in found
    assert {kind for kind, _ in found} <= {"changed", "head_changed"}


@pytest.mark.django_db
def test_event_deleted_in_the_database_leaves_a_named_gap(now):
    events = write(now, count=10)

    execute("DELETE FROM audit_auditevent WHERE id = %s", events[4].pk)

    assert faults(now) == [("missing", events[5].pk)]


@pytest.mark.django_db
def test_event_put_in_behind_a_head_is_named(now):
    last = write(now, count=10)[-1]

    execute(
        "INSERT INTO audit_auditevent"
        " (at, actor_id, action, object_type, object_id, details, chain, position, key_id, mac)"
        " SELECT at, actor_id, 'forged', object_type, object_id, details, chain, position + 1,"
        " key_id, mac FROM audit_auditevent WHERE id = %s",
        last.pk,
    )
    forged = AuditEvent.objects.latest("pk")
    unknown = faults(now)
    execute("UPDATE audit_auditchain SET position = position + 1, mac = %s", bytes(forged.mac))

    assert unknown == [("inserted", forged.pk)]
    assert [number for _, number in faults(now)] == [forged.pk]


@pytest.mark.django_db
def test_event_put_in_a_chain_of_its_own_is_named(now):
    event = write(now)[0]

    execute(
        "INSERT INTO audit_auditevent"
        " (at, actor_id, action, object_type, object_id, details, chain, position, key_id, mac)"
        " SELECT at, actor_id, 'forged', object_type, object_id, details, 99, 1, key_id, mac"
        " FROM audit_auditevent WHERE id = %s",
        event.pk,
    )

    assert faults(now) == [("inserted", AuditEvent.objects.latest("pk").pk)]


@pytest.mark.django_db
def test_events_that_changed_places_are_named(now):
    events = write(now, count=10)
    one, other = events[2], events[6]

    execute("UPDATE audit_auditevent SET position = 1000 WHERE id = %s", one.pk)
    execute("UPDATE audit_auditevent SET position = 3 WHERE id = %s", other.pk)
    execute("UPDATE audit_auditevent SET position = 7 WHERE id = %s", one.pk)

    assert {number for _, number in faults(now)} == {one.pk, other.pk}


@pytest.mark.django_db
def test_events_that_changed_contents_are_named(now):
    events = write(now, count=10)

    for event, details in ((events[2], '{"n": 6}'), (events[6], '{"n": 2}')):
        execute("UPDATE audit_auditevent SET details = %s WHERE id = %s", details, event.pk)

    assert faults(now) == [("changed", events[2].pk), ("changed", events[6].pk)]


@pytest.mark.django_db
def test_end_cut_off_with_the_head_set_back_is_found_by_an_anchor_alone(now):
    events = write(now, count=10)
    anchor = anchor_now(now=now)

    execute("DELETE FROM audit_auditevent WHERE id > %s", events[6].pk)
    execute("UPDATE audit_auditchain SET position = 7, mac = %s", bytes(events[6].mac))

    assert faults(now) == []
    assert faults(now, [anchor]) == [("cut_off", 10)]


@pytest.mark.django_db
def test_chain_taken_away_whole_is_found_by_an_anchor_alone(now):
    write(now, count=3)
    anchor = anchor_now(now=now)

    execute("DELETE FROM audit_auditevent")
    execute("DELETE FROM audit_auditchain")

    assert faults(now) == []
    assert faults(now, [anchor]) == [("cut_off", 3)]


@pytest.mark.django_db
def test_nothing_is_written_behind_a_chain_that_was_taken_away(now):
    with transaction.atomic():
        record_event(action="a", object_type="b", object_id=1, actor=None, now=now)
        execute("DELETE FROM audit_auditchain")

        with pytest.raises(ChainGoneError):
            record_event(action="a", object_type="b", object_id=1, actor=None, now=now)


@pytest.mark.django_db
def test_new_key_links_from_then_on_and_the_old_one_still_checks(now):
    write(now)
    file = Path(settings.AUDIT_KEY_FILE)
    file.write_text("a-new-key-that-is-long-enough\n" + file.read_text())
    write(now)

    keys = AuditEvent.objects.order_by("id").values_list("key_id", flat=True)
    assert len(set(keys)) == 2
    assert faults(now) == []

    file.write_text("a-new-key-that-is-long-enough\n")

    assert [kind for kind, _ in faults(now)] == ["key_unknown"]


def look(now, number):
    details = {"page": "a", **ODD_DETAILS}
    record_look(
        action="words_seen", object_type="page", object_id=number, actor=UserFactory(), now=now,
        details=details,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_looks_of_many_at_once_are_linked_and_none_is_lost(now):
    def go_on() -> None:
        for number in range(20):
            look(now, number)
            write(now)
        connections.close_all()

    write(now)
    threads = [threading.Thread(target=go_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults(now) == []
    assert AuditEvent.objects.filter(action="words_seen").count() == 80


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such statement")
def test_a_look_takes_two_statements(now):
    write(now)
    user = UserFactory()
    with CaptureQueriesContext(connection) as asked:
        record_look(
            action="words_seen", object_type="page", object_id=1, actor=user, now=now, details={}
        )

    assert len(asked) == 2
    assert faults(now) == []
