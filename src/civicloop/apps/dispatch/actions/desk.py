"""What an operator does with a call: keep it while it is written, then register it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_events
from civicloop.apps.dispatch.actions.dispatching import pass_on
from civicloop.apps.dispatch.actions.merging import merge_orders, why_not_merge
from civicloop.apps.dispatch.actions.registering import TakenIn, take_in
from civicloop.apps.dispatch.at_hand import at_hand
from civicloop.apps.dispatch.models import DeskDraft, OrderState, ParkedCall, WorkOrder
from civicloop.apps.dispatch.queries.board import main_order_for
from civicloop.apps.dispatch.queries.desk import Heard, elements_known, kind_of
from civicloop.apps.intake.actions.registering import Form, Told
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import Appeal, Channel, Element, RecordedOn, TopicBasis
from civicloop.apps.issues.actions.decide import join_appeal
from civicloop.apps.issues.likely_topics import surest_topic
from civicloop.apps.vault.identities import ContactDetails
from civicloop.apps.vault.sealing import SealBrokenError

LONGEST_ANSWER = 20_000
TITLE_CHARACTERS = 40
TOLD_BY_CITIZEN = ("text", "name", "phone", "asked", "address")  # of the form's fields
# Written out: asked with every call, and building it anew takes Django three times as long.
_PARKED = "SELECT * FROM dispatch_parkedcall WHERE user_id = %s ORDER BY parked_at DESC, id DESC"
NOBODY_CAN_ACT_WITHOUT = (Element.WHERE, Element.CAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as it was written down, whole."""

    heard: Heard
    contact: ContactDetails
    channel: Channel
    token: str  # of the form
    body_hash: str
    respondent_name: str = ""
    is_confidential: bool = False
    is_complete: bool = False  # says the operator: no more can be learned
    repeats: Appeal | None = None  # says the operator: the same matter
    is_passed_on: bool = True  # false: it is answered, refused or put through at the desk


def take_down(*, call: Call, actor: User, now: datetime) -> TakenIn:
    """Register a call; passed on it goes to its unit, or to a dispatcher with three choices.

    What the operator left open is filled in as the platform reads it. Where nobody could act, the
    order waits at the desk for what is missing.

    Raises:
        FormChangedError: the same form was saved before, and said something else.
    """
    heard, lists = call.heard, at_hand(now=now)
    kind = heard.kind or kind_of(heard.text, lists.kinds)
    topic = heard.topic or surest_topic(heard.text, lists.topics, lists.topic_model)
    known = elements_known(heard, kind, lists, now=now)
    told = Told(
        text=heard.text,
        kind=kind,
        channel=call.channel,
        area=heard.area,
        address=heard.address,
        topic=topic,
        topic_basis=_basis(heard, has_topic=topic is not None),
        occurred_words=heard.occurred_words,
        respondent_name=call.respondent_name,
        respondent_unit=heard.respondent_unit,
        is_confidential=call.is_confidential,
        urgency=heard.urgency or urgency_of(heard.text),
        missing=()
        if call.is_complete
        else [one for one in NOBODY_CAN_ACT_WITHOUT if one not in known],
    )
    form = Form(
        token=call.token, body_hash=call.body_hash, recorded_on=RecordedOn.SEAT, actor=actor
    )
    if call.repeats:
        return _take_down_repeated(call, call.repeats, told, form, now)
    router = lists.router(now) if call.is_passed_on else None
    return take_in(told=told, contact=call.contact, form=form, now=now, router=router)


@transaction.atomic
def _take_down_repeated(
    call: Call, other: Appeal, told: Told, form: Form, now: datetime
) -> TakenIn:
    """Register a call about a known matter; it joins the order that is being handled, if there is one."""
    taken, actor = take_in(told=told, contact=call.contact, form=form, now=now), form.actor
    if not taken.is_new or actor is None:
        return taken
    join_appeal(appeal=taken.order.appeal, other=other, actor=actor, now=now)
    order = WorkOrder.objects.select_related("appeal__event_member").get(pk=taken.order.pk)
    main = main_order_for(order)
    if main and not why_not_merge(order, master=main, actor=actor):
        merge_orders(
            master_id=main.pk, order_ids=[order.pk], reason="same_event", actor=actor, now=now
        )
    elif call.is_passed_on and order.state == OrderState.REGISTERED:
        pass_on(order_id=order.pk, actor=actor, now=now)
    order.refresh_from_db()
    return replace(taken, order=order)


def _basis(heard: Heard, *, has_topic: bool) -> TopicBasis:
    if heard.topic:
        return TopicBasis.CONFIRMED
    return TopicBasis.SUGGESTED if has_topic else TopicBasis.NONE


def save_desk_draft(*, answers: Mapping[str, str], actor: User, now: datetime) -> DeskDraft:
    """Keep what the operator has written so far; nothing happened yet, so no audit event."""
    kept = {name: answer[:LONGEST_ANSWER] for name, answer in answers.items() if answer}
    draft = DeskDraft(user=actor, saved_at=now)
    draft.seal_columns({"answers": json.dumps(kept, ensure_ascii=False)})
    fields = ["key_id", "answers", "saved_at"]
    DeskDraft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["user"], update_fields=fields
    )
    return draft


def drop_desk_draft(*, actor: User) -> None:
    """Forget what was written: the call came to nothing."""
    DeskDraft.objects.filter(user=actor).delete()


@transaction.atomic
def forget_calls(*, now: datetime) -> int:
    """Remove what was parked or left in the form for too long: it tells of people whom nobody serves.

    The audit says how many of whose; what was in them nobody can read any more.
    """
    before = now - timedelta(days=settings.CALLS_KEPT_DAYS)
    parked = ParkedCall.objects.filter(parked_at__lt=before)
    left = DeskDraft.objects.filter(saved_at__lt=before)
    counts = Counter([*parked.values_list("user", flat=True), *left.values_list("user", flat=True)])
    if counts:
        parked.delete()
        left.delete()
        record_events(
            action="calls_forgotten",
            object_type="user",
            details={user: {"calls": count} for user, count in counts.items()},
            actor=None,
            now=now,
        )
    return counts.total()


def open_desk_draft(actor: User) -> dict[str, str]:
    """What the operator was writing; nothing where there is nothing, or its key is gone."""
    draft = DeskDraft.objects.filter(user=actor).first()
    return _opened(draft) if draft else {}


@transaction.atomic
def park_call(*, answers: Mapping[str, str], actor: User, now: datetime) -> None:
    """Lay a call aside to take another one first; an empty form is not kept."""
    if any(answers.get(name) for name in TOLD_BY_CITIZEN):
        draft = save_desk_draft(answers=answers, actor=actor, now=now)
        _lay_aside(draft, now)
    drop_desk_draft(actor=actor)


@transaction.atomic
def resume_call(*, parked: ParkedCall, actor: User, now: datetime) -> None:
    """Take a parked call up again; what was being written meanwhile is parked in its place."""
    under_way = DeskDraft.objects.filter(user=actor).first()
    if under_way and any(_opened(under_way).get(name) for name in TOLD_BY_CITIZEN):
        _lay_aside(under_way, now)
    drop_desk_draft(actor=actor)
    DeskDraft.objects.create(user=actor, key_id=parked.key_id, answers=parked.answers, saved_at=now)
    parked.delete()


def parked_calls(actor: User) -> list[tuple[ParkedCall, str]]:
    """The operator's parked calls, the newest first, each with the beginning of what was told."""
    parked = ParkedCall.objects.raw(_PARKED, [actor.pk])
    return [(one, _opened(one).get("text", "")[:TITLE_CHARACTERS]) for one in parked]


def _lay_aside(draft: DeskDraft, now: datetime) -> None:
    ParkedCall.objects.create(
        user=draft.user, key_id=draft.key_id, answers=draft.answers, parked_at=now
    )


def _opened(kept: DeskDraft | ParkedCall) -> dict[str, str]:
    try:
        return dict(json.loads(kept.opened()["answers"]))
    except SealBrokenError:
        return {}
