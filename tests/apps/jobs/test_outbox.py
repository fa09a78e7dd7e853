"""What goes out goes with its change, and is not sent twice by itself."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.apps.jobs.test_queue import work_off

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.jobs import outbox
from civicloop.apps.jobs.actions import EntryNotInDoubtError, OutboxOutsideTransactionError
from civicloop.apps.jobs.actions.outbox import begin_sending
from civicloop.apps.jobs.models import OutboxEntry, OutboxState
from civicloop.apps.jobs.outbox import UnknownChannelError, send_again, write_outbox
from civicloop.connectors.notify import NotDeliveredError

pytestmark = pytest.mark.django_db


class Line:
    """A way out that does what a test wants."""

    def __init__(self) -> None:
        self.sent = []
        self.errors = []

    def __call__(self, entry: OutboxEntry) -> None:
        if self.errors and (error := self.errors.pop(0)):
            raise error
        self.sent.append((entry.payload["text"], entry.message_id))


@pytest.fixture
def line(monkeypatch) -> Line:
    line = Line()
    monkeypatch.setitem(outbox.SENDERS, "line", line)
    return line


def write(now, key="order 7", text="overdue") -> OutboxEntry:
    with transaction.atomic():
        return write_outbox(channel="line", key=key, payload={"text": text}, now=now)


def test_a_message_goes_out_once_for_its_key(line, now):
    entry = write(now)
    write(now, text="again")

    work_off(now)
    write(now)
    work_off(now)

    assert line.sent == [("overdue", entry.message_id)]
    entry.refresh_from_db()
    assert entry.state == OutboxState.SENT


def test_nothing_goes_out_about_a_change_that_was_undone(line, now):
    with transaction.atomic():
        write(now)
        transaction.set_rollback(True)

    assert work_off(now) == 0
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_taken(line, now):
    with pytest.raises(OutboxOutsideTransactionError):
        write_outbox(channel="line", key="k", payload={}, now=now)


def test_an_unknown_channel_is_refused(now):
    with pytest.raises(UnknownChannelError):
        write_outbox(channel="pigeon", key="k", payload={}, now=now)


def test_what_surely_did_not_go_out_is_tried_again(line, now):
    line.errors = [NotDeliveredError("refused"), NotDeliveredError("refused")]
    entry = write(now)

    for seconds in (0, 10, 40):
        work_off(now + timedelta(seconds=seconds))

    assert line.sent == [("overdue", entry.message_id)]


def test_after_a_broken_line_the_message_is_in_doubt_until_somebody_decides(line, now):
    line.errors = [ConnectionResetError()]
    entry = write(now)
    actor = User.objects.create_user(username="a", role=Role.SYSTEM_ADMIN)

    for minute in range(3):
        work_off(now + timedelta(minutes=minute))
    entry.refresh_from_db()
    state, sent = entry.state, list(line.sent)
    send_again(entry=entry, actor=actor, now=now + timedelta(hours=1))
    work_off(now + timedelta(hours=1))

    assert (state, sent) == (OutboxState.IN_DOUBT, [])
    assert line.sent == [("overdue", entry.message_id)]
    with pytest.raises(EntryNotInDoubtError):
        send_again(entry=entry, actor=actor, now=now)


def test_a_message_left_by_a_dead_sender_is_in_doubt(line, now):
    entry = write(now)
    begin_sending(entry_id=entry.id, now=now)  # and then its process is killed

    work_off(now + timedelta(minutes=1))

    entry.refresh_from_db()
    assert entry.state == OutboxState.IN_DOUBT
    assert line.sent == []
