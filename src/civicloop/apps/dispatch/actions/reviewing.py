"""The centre looks at a reply before the citizen is asked: it passes, or goes back with reasons."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.answering import answer_all_citizens
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, move_order
from civicloop.apps.dispatch.actions.telling import tell_unit
from civicloop.apps.dispatch.models import FailReason, PartyRole, Reply, Review, WorkOrder
from civicloop.apps.dispatch.notice_kinds import REPLY_PASSED, REPLY_SENT_BACK
from civicloop.apps.dispatch.sampling import needs_reviewer
from civicloop.apps.issues.models import ReplyVerdict
from civicloop.apps.issues.reply_queries import check_words
from civicloop.apps.notices.kinds import NoticeKind

RULE_NOTE = "rule: answers what was asked, nothing speaks against it, not drawn"


@transaction.atomic
def pass_reply(
    *,
    order_id: int,
    note: str = "",
    actor: User | None,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The reply answers: the citizen gets it. Without an actor, a rule passed it, and no unit is told."""
    order = lock_order(order_id, seen_version=seen_version)
    reply = _waiting_reply(order)

    def tell(order: WorkOrder) -> None:
        Review.objects.create(reply=reply, is_passed=True, note=note, reviewer=actor, at=now)
        order.reviewed_at = now
        answer_all_citizens(order=order, text=reply.text, reply=reply, now=now)

    step = Step(name="pass_review", actor=actor, now=now, note=note, details={"reply": reply.pk})
    order = move_order(order_id=order_id, step=step, effect=tell)
    if actor is not None:
        _tell_unit(REPLY_PASSED, order, reply, now)
    return order


@transaction.atomic
def fail_reply(
    *,
    order_id: int,
    reasons: Sequence[FailReason],
    note: str = "",
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The reply does not do: the unit goes on, and its time runs on."""
    if not reasons:
        raise StepRefusedError(_("Say why the reply does not do."))
    order = lock_order(order_id, seen_version=seen_version)
    reply = _waiting_reply(order)

    def send_back(order: WorkOrder) -> None:
        Review.objects.create(
            reply=reply,
            is_passed=False,
            reasons=[str(reason) for reason in reasons],
            note=note,
            reviewer=actor,
            at=now,
        )
        order.claim, order.replied_at = "", None
        order.parties.filter(is_open=True, role=PartyRole.LEAD).update(replied_at=None)

    step = Step(
        name="fail_review",
        actor=actor,
        now=now,
        reason=reasons[0],
        note=note,
        details={"reply": reply.pk, "reasons": [str(reason) for reason in reasons]},
    )
    order = move_order(order_id=order_id, step=step, effect=send_back)
    _tell_unit(REPLY_SENT_BACK, order, reply, now)
    return order


@transaction.atomic
def pass_by_rule(*, order_id: int, now: datetime, share: float) -> WorkOrder | None:
    """Pass a reply that nothing speaks against and that is not drawn for a person; None otherwise."""
    order = lock_order(order_id)
    reply = _waiting_reply(order)
    check, _promises = check_words(
        order.appeal, reply.text, replied_at=reply.at, problem=order.problem
    )
    if needs_reviewer(order, ReplyVerdict(check.verdict), share=share):
        return None
    return pass_reply(order_id=order_id, note=RULE_NOTE, actor=None, now=now)


def _tell_unit(kind: NoticeKind, order: WorkOrder, reply: Reply, now: datetime) -> None:
    key, unit_id = f"review of reply {reply.pk}", reply.party.unit_id
    tell_unit(kind, order=order, unit_id=unit_id, key=key, now=now)


def _waiting_reply(order: WorkOrder) -> Reply:
    replies = order.replies.filter(party__role=PartyRole.LEAD, is_final=False, review=None)
    reply = replies.filter(round=order.round).last()
    if reply is None:
        raise StepRefusedError(_("No reply waits for a review."))
    return reply
