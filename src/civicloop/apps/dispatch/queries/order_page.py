"""Everything that the page of one order shows; the number of statements does not grow with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.accounts.visibility import Protected, Sight, sight_of
from civicloop.apps.clocks.models import Clock
from civicloop.apps.dispatch.actions.moving import may_take
from civicloop.apps.dispatch.actions.parties import SHEET_OWNER
from civicloop.apps.dispatch.models import (
    Consultation,
    ContactAttempt,
    Evidence,
    ExtensionRequest,
    Objection,
    OrderCopy,
    OrderParty,
    OrderState,
    OrderStep,
    PartyRole,
    Reply,
    Review,
    SheetCause,
    SheetFeedback,
    StepDraft,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.before import (
    Precedents,
    history_of_place,
    precedents_of,
)
from civicloop.apps.dispatch.queries.order_clocks import ClockShown, clock_shown, clocks_shown
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.intake.models import AppealPhoto
from civicloop.engines.routing.levels import Level

STEPS_SHOWN = 200


class ReplyShown(NamedTuple):
    """A reply and what the reviewer found, once one has looked."""

    reply: Reply
    review: Review | None


class Instructed(NamedTuple):
    """The times of a leader's instruction, and what the unit has told of it."""

    clocks: list[ClockShown]
    feedback: list[SheetFeedback]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """One order as one user may see it."""

    order: WorkOrder
    title: str
    text: str
    own_party: OrderParty | None  # of the user's unit, while it is open
    is_only_asked: bool  # the unit gives its opinion and sees nothing else
    parties: list[OrderParty]
    copies: list[OrderCopy]  # of units that may see it and do not handle it
    contacts: list[ContactAttempt]
    objections: list[Objection]
    requests: list[ExtensionRequest]
    clocks: list[ClockShown]
    consultations: list[Consultation]
    replies: list[ReplyShown]
    evidence: list[Evidence]
    photos: list[AppealPhoto]  # that the citizen sent
    sheets: list[SupervisionSheet]
    instructed: dict[int, Instructed]  # by sheet
    precedents: Precedents | None  # for whoever may raise or decide an objection
    of_place: list[WorkOrder]  # about the same address within a year
    siblings: list[WorkOrder]  # of the appeal's other problems
    steps: list[OrderStep]
    drafts: dict[str, StepDraft]  # of the user, by step


def find_order(order_id: int, user: User) -> WorkOrder | None:
    """The order, if the user may see it."""
    related = (
        "appeal__channel",
        "appeal__event_member",
        "topic",
        "area",
        "lead_unit",
        "respondent_unit",
        "master",
    )
    return orders_visible_to(user).select_related(*related).filter(pk=order_id).first()


def order_details(order: WorkOrder, user: User, *, now: datetime) -> OrderDetails:
    """What is shown of an order that the user may see."""
    kept = list(
        order.parties.filter(is_released=False).select_related("unit").order_by("-role", "pk")
    )
    parties = [party for party in kept if party.round == order.round]
    open_parties = [party for party in parties if party.is_open]
    own = next((party for party in open_parties if party.unit_id == user.unit_id), None)
    copies = _copies(order)
    knowing = {*(one.unit_id for one in kept), *(one.unit_id for one in copies)}
    is_only_asked = user.role in OF_A_UNIT and user.unit_id not in knowing
    consultations = list(
        order.consultations.prefetch_related("opinions__unit").select_related("called_by")
    )
    drafts = {draft.step: draft for draft in order.drafts.filter(user=user)}
    if is_only_asked:
        return _asked_only(order, consultations, drafts)
    return OrderDetails(
        order=order,
        title=order.title,
        text=order.appeal.text,
        own_party=own,
        is_only_asked=False,
        parties=parties,
        copies=copies,
        contacts=list(order.contact_attempts.select_related("unit", "actor")),
        requests=list(order.extension_requests.select_related("party__unit", "decided_by")),
        clocks=clocks_shown(order, parties, now=now),
        objections=list(order.objections.select_related("unit", "suggested_unit", "decided_by")),
        consultations=consultations,
        replies=_replies(order),
        evidence=list(order.evidence.filter(removed_at=None).select_related("unit")),
        photos=list(order.appeal.photos.all()) if _may_see_photos(order, user) else [],
        sheets=(sheets := list(order.sheets.select_related("unit"))),
        instructed=_instructed(sheets, now),
        precedents=precedents_of(order) if _weighs_objection(order, own, user) else None,
        of_place=history_of_place(order, user, now=now),
        siblings=_siblings(order, user),
        steps=list(order.steps.select_related("actor", "unit").order_by("-version")[:STEPS_SHOWN]),
        drafts=drafts,
    )


def _copies(order: WorkOrder) -> list[OrderCopy]:
    """Only of what a township or village leads are there any."""
    if order.lead_unit is None or not Level(order.lead_unit.level).is_grassroots:
        return []
    return list(order.copies.filter(is_released=False).select_related("unit"))


def _asked_only(
    order: WorkOrder,
    consultations: list[Consultation],
    drafts: dict[str, StepDraft],
) -> OrderDetails:
    """A unit that is only asked sees the matter and the question."""
    return OrderDetails(
        order=order,
        title=order.title,
        text=order.appeal.text,
        own_party=None,
        is_only_asked=True,
        parties=[],
        copies=[],
        contacts=[],
        objections=[],
        requests=[],
        clocks=[],
        consultations=[one for one in consultations if one.concluded_at is None],
        replies=[],
        evidence=[],
        photos=[],
        sheets=[],
        instructed={},
        precedents=None,
        of_place=[],
        siblings=[],
        steps=[],
        drafts=drafts,
    )


def _weighs_objection(order: WorkOrder, own: OrderParty | None, user: User) -> bool:
    """Whether the user decides the order's objection, or may raise one."""
    if may_take(order, "uphold_objection", user):
        return True
    leads = own is not None and own.role == PartyRole.LEAD
    return leads and not order.is_designated and may_take(order, "object", user)


def _siblings(order: WorkOrder, user: User) -> list[WorkOrder]:
    if not order.problem:
        return []
    others = orders_visible_to(user).filter(appeal=order.appeal_id).exclude(pk=order.pk)
    return list(others.select_related("appeal", "lead_unit").order_by("part"))


def _instructed(sheets: list[SupervisionSheet], now: datetime) -> dict[int, Instructed]:
    found = {one.pk: Instructed([], []) for one in sheets if one.cause == SheetCause.LEADER}
    if not found:
        return {}
    clocks = Clock.objects.filter(owner_type=SHEET_OWNER, owner_id__in=found)
    for clock in clocks.select_related("unit").order_by("pk"):
        found[clock.owner_id].clocks.append(clock_shown(clock, now=now))
    told = SheetFeedback.objects.filter(sheet__in=found)
    for feedback in told.select_related("given_by"):
        found[feedback.sheet_id].feedback.append(feedback)
    return found


def _replies(order: WorkOrder) -> list[ReplyShown]:
    replies = order.replies.select_related("party__unit", "author", "signed_by", "review")
    return [ReplyShown(reply, getattr(reply, "review", None)) for reply in replies]


def sees_evidence(order: WorkOrder, user: User) -> bool:
    """Whether the user may see what bears the handling out; a unit that is only asked may not."""
    if user.role not in OF_A_UNIT:
        return True
    of_unit = {"is_released": False, "unit": user.unit_id}
    return order.parties.filter(**of_unit).exists() or order.copies.filter(**of_unit).exists()


def sees_photos(order: WorkOrder, user: User) -> bool:
    """Whether the user may see what the citizen photographed; of a report, only the centre and oversight."""
    return _may_see_photos(order, user) and sees_evidence(order, user)


def _may_see_photos(order: WorkOrder, user: User) -> bool:
    what = Protected.PHOTO_OF_REPORT if order.appeal.is_sensitive else Protected.PHOTO
    return sight_of(user, what) is Sight.FULL


def waiting_reply(details: OrderDetails) -> Reply | None:
    """The reply that waits for a review."""
    if details.order.state != OrderState.REPLIED:
        return None
    waiting = [one.reply for one in details.replies if one.review is None]
    return next(
        (
            reply
            for reply in reversed(waiting)
            if not reply.is_final and reply.party.role == PartyRole.LEAD
        ),
        None,
    )
