import pytest
from django.db import transaction

from civicloop.apps.audit.actions import (
    AuditOutsideTransactionError,
    record_event,
    written_together,
)
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.audit.queries import history_of


def record(now, number=7, action="merge"):
    return record_event(
        action=action, object_type="event", object_id=number, actor=None, now=now, details={"n": 1}
    )


@pytest.mark.django_db
def test_history_holds_the_events_of_one_record_oldest_first(now):
    with transaction.atomic():
        record(now, action="merge")
        record(now, action="undone")
        record(now, number=8)

    assert [event.action for event in history_of("event", 7)] == ["merge", "undone"]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(now):
    with pytest.raises(AuditOutsideTransactionError):
        record(now)

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_events_written_together_take_three_statements_and_keep_their_order(
    now, django_assert_num_queries
):
    with transaction.atomic():
        record(now, number=1)  # makes the first chain

    with transaction.atomic(), django_assert_num_queries(3), written_together():
        record(now, action="merge")
        record(now, action="undone")

    assert [event.action for event in history_of("event", 7)] == ["merge", "undone"]


@pytest.mark.django_db(transaction=True)
def test_of_a_change_that_fails_no_event_is_written(now):
    def change_and_fail():
        with transaction.atomic(), written_together():
            record(now)
            raise ValueError("fails")

    with pytest.raises(ValueError, match="fails"):
        change_and_fail()

    with transaction.atomic():
        record(now, action="later")
    assert [event.action for event in history_of("event", 7)] == ["later"]


@pytest.mark.django_db
def test_personal_number_in_the_details_becomes_a_commitment(now):
    said = {
        "reason": "回电 138 0013 8000 后补",
        "sha256": "a" * 20 + "13800138000" + "b" * 33,
        "state": "to_13800138000",
    }
    written = []
    with transaction.atomic():
        for reason in (said["reason"], "回电13800138000后补", "回电13900139000后补"):
            details = {**said, "reason": reason, "before": [{"text": reason}]}
            written.append(
                record_event(
                    action="a", object_type="b", object_id=1, actor=None, now=now, details=details
                ).details
            )

    first, same, other = [one["reason"].split("[")[1].split("]")[0] for one in written]
    assert first == same != other
    assert "13800138000" not in str([{**one, "sha256": "", "state": ""} for one in written])
    assert (written[0]["sha256"], written[0]["state"]) == (said["sha256"], said["state"])
