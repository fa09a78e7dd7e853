from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions import check_replies as action
from civicloop.apps.issues.actions.check_replies import check_replies
from civicloop.apps.issues.models import ReplyCheck, ReplyPromise, ReplyTemplate, ReplyVerdict
from civicloop.apps.issues.reply_queries import (
    Look,
    Order,
    ReplyFilters,
    look_counts,
    promises_of,
    replies_page,
    reply_check_of,
)
from civicloop.apps.issues.reply_tables import reply_table

Make = Callable[..., Appeal]

ASKED = "青禾苑楼下烧烤店油烟扰民，请问什么时候安装油烟净化设备？"
FULL = "经核查，已责令青禾苑烧烤店整改，油烟净化设备将于2023年12月10日前安装到位。"
TRANSFER = "您好，您反映的问题已转相关部门处理。"
FIRST_DAY = date(2023, 11, 20)


@pytest.fixture
def replied(make_appeal: Make, now) -> Callable[..., Appeal]:
    def make(reply: str, text: str = ASKED, **fields) -> Appeal:
        return make_appeal(
            text, reply_text=reply, replied_at=now + timedelta(days=3), is_waiting=False, **fields
        )

    return make


def test_each_reply_gets_its_verdict(replied, make_appeal, now) -> None:
    full, empty, waiting = replied(FULL), replied(TRANSFER), make_appeal(ASKED)

    done = check_replies(now=now)

    assert done.checked == 2
    verdicts = dict(ReplyCheck.objects.values_list("appeal_id", "verdict"))
    assert verdicts == {full.pk: ReplyVerdict.ANSWERS, empty.pk: ReplyVerdict.EMPTY}
    assert reply_check_of(waiting) is None


def test_second_run_reads_nothing_and_changes_nothing(replied, now) -> None:
    replied(FULL)
    check_replies(now=now)
    before = list(ReplyCheck.objects.values()), AuditEvent.objects.count()

    done = check_replies(now=now)

    assert done.checked == 0
    assert (list(ReplyCheck.objects.values()), AuditEvent.objects.count()) == before


def test_changed_reply_is_read_anew_and_hidden_until_then(replied, now) -> None:
    appeal = replied(FULL)
    check_replies(now=now)
    appeal.reply_text = TRANSFER
    appeal.save()
    assert reply_check_of(appeal) is None

    check_replies(now=now)

    assert reply_check_of(appeal).verdict == ReplyVerdict.EMPTY
    assert not ReplyPromise.objects.exists()


def test_check_goes_when_its_reply_goes(replied, now) -> None:
    appeal = replied(FULL)
    check_replies(now=now)
    appeal.reply_text = ""
    appeal.save()

    assert check_replies(now=now).removed == 1

    assert not ReplyCheck.objects.exists()
    assert not ReplyPromise.objects.exists()


def test_killed_run_goes_on_where_it_stopped(replied, now, monkeypatch) -> None:
    monkeypatch.setattr(action, "REPLIES_PER_BATCH", 2)
    for _ in range(5):
        replied(FULL)

    def die(_step: str, done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_replies(now=now, progress=die)

    assert ReplyCheck.objects.count() == 4
    assert check_replies(now=now).checked == 1


def test_promise_is_open_until_its_day_has_passed(replied, now) -> None:
    appeal = replied(FULL)
    check_replies(now=now)

    [before] = promises_of(appeal, today=date(2023, 12, 10))
    [after] = promises_of(appeal, today=date(2023, 12, 11))

    assert (before.state, after.state) == ("open", "due")
    assert look_counts(today=date(2023, 12, 10))[Look.OVERDUE] == 0
    assert look_counts(today=date(2023, 12, 11))[Look.OVERDUE] == 1


def test_same_words_about_many_matters_are_a_template(replied, now) -> None:
    for number in range(6):
        replied(
            "您好！您反映的问题我局高度重视，将进一步加强管理，持续提升服务水平。",
            f"第{number}件事",
        )
    other = replied(FULL)

    check_replies(now=now)

    [template] = ReplyTemplate.objects.all()
    assert (template.reply_count, template.matter_count) == (6, 6)
    assert reply_check_of(other).template is None
    assert look_counts(today=FIRST_DAY)[Look.TEMPLATE] == 6


def test_same_words_about_one_matter_are_no_template(make_event, now) -> None:
    event = make_event(6)
    Appeal.objects.filter(event_member__event=event).update(reply_text=FULL, replied_at=now)

    check_replies(now=now)

    assert not ReplyTemplate.objects.exists()


def test_pages_hold_every_reply_once(replied, now, monkeypatch) -> None:
    monkeypatch.setattr("civicloop.apps.issues.reply_queries.CHECKS_PER_PAGE", 2)
    appeals = [replied(TRANSFER).pk for _ in range(5)]
    check_replies(now=now)

    newest = ReplyFilters(order=Order.NEWEST)
    shown, after = [], ""
    while True:
        page = replies_page(newest, today=FIRST_DAY, after=after)
        shown += [check.pk for check in page.checks]
        if not page.after:
            break
        after = page.after

    assert shown == appeals[::-1]
    back = replies_page(newest, today=FIRST_DAY, before=page.before)
    assert [check.pk for check in back.checks] == shown[2:4]


def test_table_holds_no_words_of_citizens_but_the_subject(replied, now) -> None:
    replied(TRANSFER, subject="=1+1")
    check_replies(now=now)

    _header, row = reply_table(ReplyFilters(look=Look.EMPTY), today=FIRST_DAY)

    assert row[1] == "=1+1"
    assert not any(ASKED in str(cell) for cell in row)


def test_command_says_what_it_did(replied, capsys) -> None:
    replied(FULL)

    call_command("check_replies")

    assert "1" in capsys.readouterr().out
