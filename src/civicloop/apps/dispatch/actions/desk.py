"""What an operator does with a call: keep it while it is written, then register it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.registering import TakenIn, take_in
from civicloop.apps.dispatch.at_hand import at_hand
from civicloop.apps.dispatch.models import DeskDraft
from civicloop.apps.dispatch.queries.desk import Heard, elements_known, kind_of
from civicloop.apps.intake.actions.registering import Form, Told
from civicloop.apps.intake.contacts import ContactDetails
from civicloop.apps.intake.emergencies import urgency_of
from civicloop.apps.intake.models import Channel, Element, RecordedOn, TopicBasis
from civicloop.apps.intake.sealing import SealBrokenError, key_in_use, seal, unseal
from civicloop.apps.issues.likely_topics import surest_topic

LONGEST_ANSWER = 20_000
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
    is_passed_on: bool = True  # false: it is answered, refused or put through at the desk


def take_down(*, call: Call, actor: User, now: datetime) -> TakenIn:
    """Register a call; passed on it goes to its unit, or to a dispatcher with three choices.

    What the operator left open is filled in as the platform reads it. Where nobody could act, the
    order waits at the desk for what is missing.

    Raises:
        FormChangedError: the same form was saved before, and said something else.
    """
    heard, lists = call.heard, at_hand(now=now)
    kind = heard.kind or kind_of(heard.text)
    topic = heard.topic or surest_topic(heard.text, lists.topics)
    known = elements_known(heard, kind, lists, now=now)
    return take_in(
        told=Told(
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
        ),
        contact=call.contact,
        form=Form(
            token=call.token,
            body_hash=call.body_hash,
            recorded_on=RecordedOn.SEAT,
            actor=actor,
        ),
        now=now,
        router=lists.router(now) if call.is_passed_on else None,
    )


def _basis(heard: Heard, *, has_topic: bool) -> TopicBasis:
    if heard.topic:
        return TopicBasis.CONFIRMED
    return TopicBasis.SUGGESTED if has_topic else TopicBasis.NONE


def save_desk_draft(*, answers: Mapping[str, str], actor: User, now: datetime) -> DeskDraft:
    """Keep what the operator has written so far; nothing happened yet, so no audit event."""
    kept = {name: answer[:LONGEST_ANSWER] for name, answer in answers.items() if answer}
    draft = DeskDraft(
        user=actor,
        key_id=key_in_use(),
        answers=seal(json.dumps(kept, ensure_ascii=False), place=_place(actor)),
        saved_at=now,
    )
    fields = ["key_id", "answers", "saved_at"]
    DeskDraft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["user"], update_fields=fields
    )
    return draft


def drop_desk_draft(*, actor: User) -> None:
    """Forget what was written: the call came to nothing."""
    DeskDraft.objects.filter(user=actor).delete()


def open_desk_draft(actor: User) -> dict[str, str]:
    """What the operator was writing; nothing where there is nothing, or its key is gone."""
    draft = DeskDraft.objects.filter(user=actor).first()
    if draft is None:
        return {}
    try:
        text = unseal(draft.answers, key_id=draft.key_id, place=_place(actor))
    except SealBrokenError:
        return {}
    return dict(json.loads(text))


def _place(actor: User) -> str:
    return f"dispatch_deskdraft.answers:{actor.pk}"
