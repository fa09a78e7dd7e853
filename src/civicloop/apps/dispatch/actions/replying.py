"""A unit's reply: the lead unit's ends its work, an assisting unit's goes to the lead unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.answering import answer_all_citizens
from civicloop.apps.dispatch.actions.handling import SIGNED_FOR, own_party, refuse_unless_in
from civicloop.apps.dispatch.actions.moving import (
    Step,
    StepRefusedError,
    lock_order,
    move_order,
    note_step,
)
from civicloop.apps.dispatch.models import (
    CloseType,
    OrderParty,
    OrderState,
    PartyRole,
    Reply,
    ReplyClaim,
    Review,
    WorkOrder,
)
from civicloop.engines.pii import PiiKind, find_pii

BORNE_OUT = frozenset({ReplyClaim.SOLVED, ReplyClaim.PARTLY, ReplyClaim.NOT_TRUE})
SECRET = frozenset({PiiKind.IDENTITY, PiiKind.CARD})
FINAL_FROM = frozenset({OrderState.IN_PROGRESS, OrderState.REVIEWED, OrderState.CALL_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyText:
    """What a unit wants to answer."""

    text: str
    claim: ReplyClaim
    explanation: str = ""  # in place of a picture
    solve_by_day: date | None = None
    legal_basis: str = ""
    may_tell_numbers: bool = False  # a mobile number in the text is meant for the citizen


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyProblem:
    """What stands in the way of a reply, and the field where it can be mended."""

    field: str
    words: str


class ReplyRefusedError(StepRefusedError):
    """The reply lacks something; `problems` says what and where."""

    def __init__(self, problems: list[ReplyProblem]) -> None:
        super().__init__(" ".join(problem.words for problem in problems))
        self.problems = problems


@transaction.atomic
def reply_to_order(
    *, order_id: int, reply: ReplyText, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """Answer: the lead unit moves the order to review, an assisting unit tells the lead unit.

    Raises:
        ReplyRefusedError: the reply lacks something.
        StepRefusedError: it is not the unit's turn.
        StaleOrderError: somebody else has changed the order.
    """
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    _refuse_unless_sound(order, party, reply, day=timezone.localdate(now))
    party.replied_at = now
    party.save(update_fields=["replied_at"])
    _keep(order, party, reply, actor=actor, now=now)
    if party.role == PartyRole.ASSIST:
        refuse_unless_in(order, SIGNED_FOR)
        step = Step(name="reply_part", actor=actor, now=now, note=reply.text, reason=reply.claim)
        return note_step(order=order, step=step)

    def note_reply(order: WorkOrder) -> None:
        order.claim, order.replied_at = reply.claim, now

    step = Step(name="reply", actor=actor, now=now, reason=reply.claim)
    return move_order(order_id=order_id, step=step, effect=note_reply)


@transaction.atomic
def sign_final_reply(
    *, order_id: int, reply: ReplyText, actor: User, now: datetime, seen_version: int | None = None
) -> WorkOrder:
    """The head of the lead unit signs a final reply (终结答复); the centre must still approve it."""
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    if actor.role != Role.UNIT_HEAD or party.role != PartyRole.LEAD:
        raise StepRefusedError(_("Only the head of the lead unit may sign a final reply."))
    refuse_unless_in(order, FINAL_FROM)
    if waiting_final_reply(order):
        raise StepRefusedError(_("A final reply waits for the centre already."))
    _refuse_unless_sound(order, party, reply, day=timezone.localdate(now), is_final=True)
    kept = _keep(order, party, reply, actor=actor, now=now, signed_by=actor)
    step = Step(name="sign_final_reply", actor=actor, now=now, details={"reply": kept.pk})
    return note_step(order=order, step=step)


@transaction.atomic
def decide_final_reply(
    *,
    order_id: int,
    is_approved: bool,
    reason: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> WorkOrder:
    """The centre approves a signed final reply, which ends the matter, or sends it back."""
    order = lock_order(order_id, seen_version=seen_version)
    reply = waiting_final_reply(order)
    if reply is None:
        raise StepRefusedError(_("No final reply waits for the centre."))
    if actor.role != Role.DISPATCHER:
        raise StepRefusedError(_("Your role may not take this step."))
    if not reason.strip():
        raise StepRefusedError(_("Say why: this step needs a reason."))
    Review.objects.create(reply=reply, is_passed=is_approved, note=reason, reviewer=actor, at=now)
    if not is_approved:
        step = Step(name="refuse_final_reply", actor=actor, now=now, note=reason)
        return note_step(order=order, step=step)

    def end(order: WorkOrder) -> None:
        order.claim = reply.claim
        answer_all_citizens(order=order, text=reply.text, reply=reply, now=now)

    step = Step(
        name="reply_finally",
        actor=actor,
        now=now,
        note=reason,
        close_type=CloseType.FINAL_REPLY,
        details={"reply": reply.pk},
    )
    return move_order(order_id=order_id, step=step, effect=end)


def waiting_final_reply(order: WorkOrder) -> Reply | None:
    """The signed final reply that the centre has not decided on."""
    final = order.replies.filter(is_final=True, review=None, round=order.round)
    return final.filter(party__is_open=True).first()  # not of a unit that it was taken from since


def _keep(
    order: WorkOrder,
    party: OrderParty,
    reply: ReplyText,
    *,
    actor: User,
    now: datetime,
    signed_by: User | None = None,
) -> Reply:
    return Reply.objects.create(
        order=order,
        party=party,
        round=order.round,
        text=reply.text,
        claim=reply.claim,
        explanation=reply.explanation,
        solve_by_day=reply.solve_by_day,
        legal_basis=reply.legal_basis,
        is_final=signed_by is not None,
        author=actor,
        signed_by=signed_by,
        at=now,
    )


def problems_of_words(party: OrderParty, reply: ReplyText, *, day: date) -> list[ReplyProblem]:
    """What in the words alone stands in the way of a reply; also of one that is still written."""
    return [
        *_lacking(reply, day=day),
        *_personal(reply, is_for_citizen=party.role == PartyRole.LEAD),
    ]


def _refuse_unless_sound(
    order: WorkOrder, party: OrderParty, reply: ReplyText, *, day: date, is_final: bool = False
) -> None:
    problems = [
        *problems_of_words(party, reply, day=day),
        *_not_borne_out(order, party, reply, is_final=is_final),
    ]
    if problems:
        raise ReplyRefusedError(problems)


def _lacking(reply: ReplyText, *, day: date) -> Iterator[ReplyProblem]:
    if not reply.text.strip():
        yield ReplyProblem(field="text", words=_("Write what was found and done."))
    if reply.claim == ReplyClaim.PLANNED and reply.solve_by_day is None:
        yield ReplyProblem(field="solve_by_day", words=_("Name the day by which it is solved."))
    elif reply.solve_by_day is not None and reply.solve_by_day < day:
        yield ReplyProblem(field="solve_by_day", words=_("That day has passed already."))
    if reply.claim == ReplyClaim.CANNOT_LAW and not reply.legal_basis.strip():
        yield ReplyProblem(field="legal_basis", words=_("Name the rule that does not allow it."))


def _not_borne_out(
    order: WorkOrder, party: OrderParty, reply: ReplyText, *, is_final: bool
) -> Iterator[ReplyProblem]:
    has_picture = order.evidence.filter(removed_at=None, added_at__gte=party.assigned_at).exists()
    if is_final and not has_picture:
        yield ReplyProblem(field="explanation", words=_("A final reply needs evidence."))
    elif reply.claim in BORNE_OUT and not has_picture and not reply.explanation.strip():
        yield ReplyProblem(
            field="explanation",
            words=_("A picture of the place or an explanation is missing (one of the two)."),
        )
    if reply.claim == ReplyClaim.UNREACHABLE and not order.contact_attempts.exists():
        yield ReplyProblem(
            field="claim", words=_("No try to reach the citizen has been written down.")
        )


def _personal(reply: ReplyText, *, is_for_citizen: bool) -> Iterator[ReplyProblem]:
    """A card number never goes out; a mobile number only if somebody says that it is meant to."""
    if not is_for_citizen:
        return
    found = find_pii(reply.text, SECRET | {PiiKind.MOBILE})
    secret = [span.hint(reply.text) for span in found if span.kind in SECRET]
    if secret:
        yield ReplyProblem(
            field="text",
            words=_("Take out the identity or card number: %(numbers)s")
            % {"numbers": ", ".join(secret)},
        )
    mobile = [span.hint(reply.text) for span in found if span.kind == PiiKind.MOBILE]
    if mobile and not reply.may_tell_numbers:
        yield ReplyProblem(
            field="may_tell_numbers",
            words=_("A mobile number stands in the text: %(numbers)s. Take it out, or confirm it.")
            % {"numbers": ", ".join(mobile)},
        )
