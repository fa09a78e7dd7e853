"""Of two who act at once the second is refused, and it is the guard that does it.

Each race is run twice: as it is, and with its guard taken away. The second run is the control: it
must lose something, or the first would prove nothing.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import ANY  # equal to everything: what was seen is compared, but says nothing

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import QuerySet
from tests.apps.jobs.sample_jobs import sweep
from tests.factories import (
    AreaFactory,
    UnitFactory,
    UserFactory,
    WorkOrderFactory,
    article_content,
    published_article,
    writer_and_reviewer,
)

from civicloop.apps.accounts.models import Role
from civicloop.apps.cases.actions.meetings import call_meeting, hold_meeting, put_on_agenda
from civicloop.apps.cases.actions.records import StaleCaseError
from civicloop.apps.dispatch.actions import board, dividing, merging
from civicloop.apps.dispatch.actions.board import Outlook, put_off
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.actions.dividing import Division, divide_order
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    move_order,
)
from civicloop.apps.dispatch.actions.replying import ReplyText, reply_to_order
from civicloop.apps.dispatch.models import ReplyClaim
from civicloop.apps.dispatch.queries.board import UnitChoice
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.actions.leases import claim_job
from civicloop.apps.jobs.models import JobState
from civicloop.apps.knowledge.actions.writing import newest_version, rewrite_article
from civicloop.apps.knowledge.refusals import ArticleRefusedError

REFUSALS = (StaleOrderError, StaleCaseError, ArticleRefusedError)
TRIED = (StepRefusedError, DatabaseError)
MOMENT, LONG = 0.5, 20.0  # seconds: for who is not let in meanwhile; for who must come


def is_refused(change: Callable[[object], object], seen: object) -> bool:
    try:
        with transaction.atomic():
            change(seen)
    except REFUSALS:
        return True
    return False


def test_a_dispatcher_takes_nothing_from_a_unit_that_has_just_signed(
    make_dispatched, clerk, dispatcher, now
):
    order = make_dispatched()
    seen = order.version
    sign_order(order_id=order.pk, actor=clerk, now=now)

    def take_away(seen):
        redispatch_order(
            order_id=order.pk, reason="派错", actor=dispatcher, now=now, seen_version=seen
        )

    assert is_refused(take_away, seen)
    assert not is_refused(take_away, ANY)


def test_a_reply_does_not_pass_over_what_a_colleague_has_just_noted(make_begun, clerk, head, now):
    order = make_begun()
    seen = order.version
    record_contact(order_id=order.pk, is_reached=False, note="再次未接", actor=head, now=now)

    def reply(seen):
        text = ReplyText(text="已更换。", claim=ReplyClaim.SOLVED, explanation="已试亮")
        reply_to_order(order_id=order.pk, reply=text, actor=clerk, now=now, seen_version=seen)

    assert is_refused(reply, seen)
    assert not is_refused(reply, ANY)


def test_of_two_dispatchers_the_second_does_not_undo_when_the_first_comes_back(dispatcher, now):
    order, other = WorkOrderFactory(), UserFactory(role=Role.DISPATCHER)
    later = {"order_id": order.pk, "now": now}
    seen = order.version
    put_off(until_at=now + timedelta(hours=1), actor=other, seen_version=seen, **later)

    def put_off_again(seen):
        put_off(until_at=now + timedelta(days=9), actor=dispatcher, seen_version=seen, **later)

    assert is_refused(put_off_again, seen)
    assert not is_refused(put_off_again, ANY)


def test_of_two_secretaries_the_second_ends_no_meeting_that_has_a_new_matter(db, now):
    secretary = UserFactory(role=Role.MEETING_SECRETARY)
    by = {"actor": secretary, "now": now}
    meeting = call_meeting(
        title="供热联席会议", area=AreaFactory(), day=date(2023, 11, 20), convener="王副市长",
        units=[UnitFactory(), UnitFactory()], **by,
    )  # fmt: skip
    seen = meeting.version
    put_on_agenda(meeting_id=meeting.pk, question="谁修？", **by)

    def hold(seen):
        hold_meeting(meeting_id=meeting.pk, minutes="散会", present=[], seen_version=seen, **by)

    assert is_refused(hold, seen)
    assert not is_refused(hold, ANY)


def test_of_two_writers_the_second_does_not_overwrite_the_first(db, now):
    article, (writer, _) = published_article(), writer_and_reviewer()
    base = newest_version(article)

    def rewrite(base, answer="第二人的改动。"):
        content = article_content(unit=article.unit, answer=answer)
        rewrite_article(article=article, content=content, base=base, author=writer, now=now)

    rewrite(base, answer="第一人的改动。")

    assert is_refused(rewrite, base)
    assert not is_refused(rewrite, SimpleNamespace(pk=ANY))


needs_row_locks = pytest.mark.skipif(
    "sqlite" in settings.ENVIRONMENT.database_url, reason="SQLite has one writer: nothing to lock"
)


@pytest.fixture(params=["guarded", "control"])
def is_guarded(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "guarded")


class Crossing:
    """Where both must be before either goes on; who is kept out by a lock is not waited for long."""

    def __init__(self, *, is_guarded: bool):
        self._both = threading.Barrier(2)
        self._patience = MOMENT if is_guarded else LONG

    def wait(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self._both.wait(self._patience)


def at_once(*changes: Callable[[], object]) -> list[object]:
    """What each of them gives, or the kind of error that it ends in, in any order."""
    outcomes: list[object] = []

    def run(change: Callable[[], object]) -> None:
        try:
            outcomes.append(change())
        except TRIED as error:
            outcomes.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[change]) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def take_locks_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda found, **_how: found.all())


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_same_step_the_second_waits_and_is_refused(
    is_guarded, make_dispatched, clerk, head, now, monkeypatch
):
    order = make_dispatched()
    crossing = Crossing(is_guarded=is_guarded)
    if not is_guarded:
        take_locks_away(monkeypatch)

    def sign(actor):
        step = Step(name="sign", actor=actor, now=now)
        move_order(order_id=order.pk, step=step, effect=lambda _order: crossing.wait())
        return "signed"

    outcomes = at_once(lambda: sign(clerk), lambda: sign(head))

    assert "signed" in outcomes
    assert (StepRefusedError in outcomes) is is_guarded


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_crosswise_none_is_blocked(is_guarded, dispatcher, now, monkeypatch):
    orders = [WorkOrderFactory().pk, WorkOrderFactory().pk]
    crossing, hold = Crossing(is_guarded=is_guarded), merging.lock_order

    def hold_and_wait(order_id, **seen):
        held = hold(order_id, **seen)
        crossing.wait()
        return held

    monkeypatch.setattr(merging, "lock_order", hold_and_wait)
    if not is_guarded:
        monkeypatch.setattr(merging, "_lock_in_turn", lambda _order_ids: None)

    def merge(main, other):
        merge_orders(master_id=main, order_ids=[other], reason="same", actor=dispatcher, now=now)
        return "merged"

    outcomes = at_once(lambda: merge(*orders), lambda: merge(*orders[::-1]))

    assert "merged" in outcomes
    assert (StepRefusedError in outcomes) is is_guarded


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_who_divide_two_parts_of_an_appeal_none_is_blocked(
    is_guarded, dispatcher, now, monkeypatch
):
    """Each holds the own part; who then waited for the other's would never get it."""
    by = {"actor": dispatcher, "now": now}
    first = WorkOrderFactory()
    division = Division(problem="井盖坏了，树倒了", rest="路灯不亮")
    second = divide_order(order_id=first.pk, division=division, seen_version=1, **by)
    first.refresh_from_db()
    crossing, hold = Crossing(is_guarded=is_guarded), dividing.lock_order

    def hold_and_wait(order_id, **seen):
        held = hold(order_id, **seen)
        crossing.wait()
        return held

    monkeypatch.setattr(dividing, "lock_order", hold_and_wait)
    if not is_guarded:
        monkeypatch.setattr(dividing, "_hold_parts", lambda _order_id: None)

    def divide(order):
        words = Division(problem="井盖坏了", rest="树倒了")
        divide_order(order_id=order.pk, division=words, seen_version=order.version, **by)
        return "divided"

    outcomes = at_once(lambda: divide(first), lambda: divide(second))

    assert (outcomes == ["divided", "divided"]) is is_guarded


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_who_let_the_same_orders_go_out_none_is_blocked(
    is_guarded, dispatcher, housing, now, monkeypatch
):
    """The rows of two boards stand in another order."""
    choice = UnitChoice(
        code=housing.code, name=housing.name, basis="directory", probability=None, assisting=()
    )
    looks = [Outlook(order=WorkOrderFactory(), choice=choice, refusal="") for _ in range(2)]
    crossing, hold = Crossing(is_guarded=is_guarded), board.lock_order

    def hold_and_wait(order_id, **seen):
        hold(order_id, **seen)
        crossing.wait()

    monkeypatch.setattr(board, "lock_order", hold_and_wait)
    if not is_guarded:
        monkeypatch.setattr(board, "_in_turn", list)

    def plan(outlooks):
        try:
            board.plan_dispatch(outlooks=outlooks, actor=dispatcher, now=now)
        except board.PlanRefusedError:
            return "told"
        return "planned"

    outcomes = at_once(lambda: plan(looks), lambda: plan(looks[::-1]))

    assert (sorted(map(str, outcomes)) == ["planned", "told"]) is is_guarded


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_takes_the_job(is_guarded, now, monkeypatch):
    enqueue(sweep, now=now)
    crossing, keep = Crossing(is_guarded=is_guarded), JobState.save

    def wait_and_keep(state, **fields):
        crossing.wait()
        keep(state, **fields)

    monkeypatch.setattr(JobState, "save", wait_and_keep)
    if not is_guarded:
        take_locks_away(monkeypatch)

    def claim(worker):
        return claim_job(worker=worker, now=now, lease=timedelta(seconds=45)) is not None

    outcomes = at_once(lambda: claim("one"), lambda: claim("two"))

    assert sorted(outcomes) == [not is_guarded, True]
