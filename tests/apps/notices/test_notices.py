"""Who is told of what, how often, and what leaves the house."""

import json
import signal
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone, translation
from tests.apps.jobs.sample_jobs import fail
from tests.apps.jobs.test_queue import work_off
from tests.apps.notices.conftest import LATER
from tests.connectors.notify.gateway_server import fake_gateway

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.models import OutboxEntry, OutboxState
from civicloop.apps.notices.actions import (
    ForeignLinkError,
    mark_all_read,
    mark_read,
    mark_unread,
    notify,
    set_preference,
)
from civicloop.apps.notices.housekeeping import tell_of_failed_jobs
from civicloop.apps.notices.kinds import KindDeclaredTwiceError, notice_kind
from civicloop.apps.notices.models import Notice
from civicloop.apps.notices.queries import notice_page, preference_of, unread_count
from civicloop.apps.notices.senders import register_senders

KILLED = Path(__file__).parent / "killed_sender.py"
pytestmark = pytest.mark.django_db


def tell(users, kind, now, key="order 17 overdue") -> None:
    notify(
        users,
        kind=kind,
        key=key,
        link="/orders/17/",
        now=now,
        reference="2023111400017",
        params={"unit": "城管局"},
    )


def wish(user, now, by_email=("overdue",), by_sms=(), language="zh-hans", mobile="") -> None:
    set_preference(
        user=user,
        email=user.email,
        mobile=mobile,
        language=language,
        by_email=by_email,
        by_sms=by_sms,
        now=now,
    )


def test_each_is_told_once_for_a_key(wang, li, overdue, now):
    tell([wang, wang], overdue, now)
    tell([wang, li], overdue, now + LATER)

    assert Notice.objects.filter(user=wang).count() == Notice.objects.filter(user=li).count() == 1
    assert Notice.objects.get(user=wang).at == now


def test_nobody_is_told_of_what_was_undone(wang, overdue, now):
    with transaction.atomic():
        tell([wang], overdue, now)
        transaction.set_rollback(True)

    assert not Notice.objects.exists()


def test_who_has_left_is_not_told(wang, overdue, now):
    wang.is_active = False

    tell([wang], overdue, now)

    assert not Notice.objects.exists()


@pytest.mark.parametrize("link", ["https://evil.example.org/", "//evil.example.org/", ""])
def test_a_notice_leads_to_this_site_alone(link, wang, overdue, now):
    with pytest.raises(ForeignLinkError):
        notify([wang], kind=overdue, key="k", link=link, now=now)


def test_words_are_put_together_for_the_reader(wang, overdue, now):
    tell([wang], overdue, now)
    notice = Notice.objects.get()

    with translation.override("en"):
        words = notice.words

    assert words == "Order 2023111400017 of 城管局 is overdue."
    notice.kind = "of_a_newer_version"
    assert notice.words == "of_a_newer_version 2023111400017"


def test_a_code_is_declared_once(overdue):
    with pytest.raises(KindDeclaredTwiceError):
        notice_kind("overdue", label=overdue.label, words=overdue.words)


def test_reading_counts_down_and_is_undone_for_what_was_marked_together(wang, li, overdue, now):
    for key in "abc":
        tell([wang, li], overdue, now, key=key)
    first, _, last = Notice.objects.filter(user=wang).order_by("id")

    mark_read(user=wang, notice_id=first.id, now=now)
    stolen = mark_read(user=li, notice_id=last.id, now=now)
    marked = mark_all_read(user=wang, until_id=last.id, now=now + LATER)
    none_left = unread_count(wang)
    undone = mark_unread(user=wang, read_at=now + LATER)

    assert stolen is None
    assert (marked, none_left, undone) == (2, 0, 2)
    assert (unread_count(wang), unread_count(li)) == (2, 3)


def test_what_came_after_the_list_was_shown_stays_unread(wang, overdue, now):
    tell([wang], overdue, now, key="seen")
    seen = Notice.objects.get()
    tell([wang], overdue, now, key="came meanwhile")

    mark_all_read(user=wang, until_id=seen.id, now=now)

    assert Notice.objects.get(read_at=None).key == "came meanwhile"


def test_pages_of_the_list_meet_without_gap(wang, overdue, now):
    for number in range(7):
        tell([wang], overdue, now, key=f"{number}")

    first = notice_page(wang, is_unread_only=False, before=None, size=3)
    second = notice_page(wang, is_unread_only=False, before=first.older_than, size=3)
    third = notice_page(wang, is_unread_only=True, before=second.older_than, size=3)

    keys = [notice.key for page in (first, second, third) for notice in page.notices]
    assert keys == ["6", "5", "4", "3", "2", "1", "0"]
    assert third.older_than is None


def test_email_holds_kind_number_and_link_alone(wang, li, overdue, now, mail_server):
    wish(wang, now)
    tell([wang, li], overdue, now)
    tell([wang], overdue, now)

    work_off(now)

    [mail] = [message_from_bytes(mail.encode()) for mail in mail_server.mails]
    assert mail["To"] == "wang@city.example.org"
    assert str(make_header(decode_header(mail["Subject"]))) == "工单超期 2023111400017"
    text = mail.get_payload(decode=True).decode()
    assert text.split() == ["工单超期", "2023111400017", "https://12345.example.org/orders/17/"]
    entry = OutboxEntry.objects.get()
    assert mail["Message-ID"] == f"<{entry.message_id}@12345.example.org>"
    assert entry.state == OutboxState.SENT


def test_kinds_that_nobody_asked_for_stay_in_the_house(wang, overdue, now, mail_server):
    wish(wang, now, by_email=["job_failed"])

    tell([wang], overdue, now)

    assert not OutboxEntry.objects.exists()


def test_refused_email_is_tried_again_and_a_broken_line_is_not(wang, overdue, now, mail_server):
    wish(wang, now)
    mail_server.refuses = True
    tell([wang], overdue, now)

    work_off(now)
    mail_server.refuses, mail_server.hangs_up = False, True
    for minute in (1, 2, 3):
        work_off(now + timedelta(minutes=minute))

    assert len(mail_server.mails) == 1
    assert OutboxEntry.objects.get().state == OutboxState.IN_DOUBT


def test_an_absent_mail_server_is_waited_for(wang, overdue, now, mail_server, settings):
    wish(wang, now)
    settings.EMAIL_PORT = 9
    tell([wang], overdue, now)

    work_off(now)
    settings.EMAIL_PORT = mail_server.port
    work_off(now + LATER)

    assert len(mail_server.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_email_is_not_sent_twice_when_its_sender_is_killed(
    wang, mail_server, start_process, monkeypatch
):
    from civicloop.apps.notices.notice_kinds import JOB_FAILED

    url = f"smtp://127.0.0.1:{mail_server.port}"
    wish(wang, timezone.now(), by_email=["job_failed"])
    notify([wang], kind=JOB_FAILED, key="k", link="/jobs/", now=timezone.now(), params={"tries": 5})

    killed = start_process(KILLED, CIVICLOOP_EMAIL_URL=url, CIVICLOOP_EMAIL_FROM="loop@example.org")
    output, _ = killed.communicate(timeout=60)
    work_off(timezone.now() + LATER)  # nothing yet: the dead worker holds its lease
    state = OutboxEntry.objects.get().state
    again = start_process(
        "-m", "civicloop", "work", "--until-empty", "--lease", "1",
        CIVICLOOP_EMAIL_URL=url, CIVICLOOP_EMAIL_FROM="loop@example.org",
    )  # fmt: skip
    again.communicate(timeout=60)

    assert killed.returncode == -signal.SIGKILL, output
    assert state == OutboxState.SENDING
    assert len(mail_server.mails) == 1
    assert OutboxEntry.objects.get().state == OutboxState.IN_DOUBT
    assert Notice.objects.count() == 1


def test_robots_hear_what_is_for_them_once(wang, li, overdue, now, settings, monkeypatch):
    with fake_gateway() as gateway:
        settings.ROBOT_URLS = [f"wecom+{gateway.url}/send?key=k"]
        settings.SITE_URL = "https://12345.example.org"
        register_senders()
        tell([wang, li], overdue, now)
        tell([wang], overdue, now)

        work_off(now)

        [told] = gateway.told
    content = json.loads(told.body)["text"]["content"]
    assert content.split() == ["工单超期", "2023111400017", "https://12345.example.org/orders/17/"]


def test_sms_goes_to_those_who_asked(wang, overdue, now, settings):
    with fake_gateway() as gateway:
        settings.SMS_URL = f"{gateway.url}/send?m={{to}}&c={{text}}"
        register_senders()
        wish(wang, now, by_email=(), by_sms=["overdue"], mobile="13900000042")
        tell([wang], overdue, now)

        work_off(now)

    [told] = gateway.told
    assert "m=13900000042" in told.body


def test_wishes_are_kept_and_addresses_stay_out_of_the_log(wang, now):
    before = preference_of(wang)
    wish(wang, now, by_sms=["overdue"], mobile="13900000042", language="en")

    kept = preference_of(wang)

    assert before.by_email == []
    assert (kept.by_email, kept.by_sms, kept.language) == (["overdue"], ["overdue"], "en")
    [event] = AuditEvent.objects.filter(action="set_notice_preference")
    assert "139" not in json.dumps(event.details)


def test_administrators_hear_once_of_each_failed_job(wang, now):
    chief = User.objects.create_user(username="chief", role=Role.SYSTEM_ADMIN)
    enqueue(fail, "x", now=now)
    for minute in range(2):
        work_off(now + timedelta(minutes=minute))

    for minute in (2, 3):
        tell_of_failed_jobs.func(now + timedelta(minutes=minute))

    [notice] = Notice.objects.all()
    assert (notice.user, notice.reference, notice.link) == (chief, "fail", "/jobs/")
    with translation.override("en"):
        assert notice.words == "The background job fail failed for good, after 2 tries."
