"""Register an appeal that an operator takes down or a citizen writes: once for each form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.content_hashes import ContentHasher
from civicloop.apps.intake.models import (
    Appeal,
    Channel,
    Element,
    Kind,
    Receipt,
    RecordedOn,
    Registration,
    Topic,
    TopicBasis,
    Urgency,
)
from civicloop.apps.intake.receipts import code_of, form_key_of, hash_of
from civicloop.apps.places.models import Area, AreaLevel, Unit
from civicloop.apps.vault.identities import ContactDetails

SOURCE = "civicloop"  # the system that gave an appeal its number


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told, without who told it."""

    text: str
    kind: Kind
    channel: Channel
    subject: str = ""
    area: Area | None = None
    address: str = ""
    topic: Topic | None = None
    topic_basis: TopicBasis = TopicBasis.NONE
    occurred_words: str = ""
    respondent_name: str = ""
    respondent_unit: Unit | None = None
    is_confidential: bool = False
    urgency: Urgency = Urgency.GENERAL
    missing: Sequence[Element] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form that it was told on; its token is the browser's alone."""

    token: str
    body_hash: str  # see intake/receipts.py: the same form with other words is another report
    recorded_on: RecordedOn
    actor: User | None


@transaction.atomic(savepoint=False)
def register_appeal(
    *, told: Told, contact: ContactDetails, form: Form, now: datetime
) -> Registration:
    """Keep the appeal, how it was registered and, sealed, who the citizen is.

    Raises:
        IntegrityError: the form has been registered before.
    """
    moment = now.replace(microsecond=0)  # lists and the search index keep order by the second
    appeal = Appeal.objects.create(
        source=SOURCE,
        source_key=form_key_of(form.token),  # until the receipt gives it a number
        content_hash=_content_hash(told),
        channel=told.channel,
        kind=told.kind,
        subject=told.subject,
        text=told.text,
        caller_key=CallerKeys(SOURCE).key_of_phone(contact.phone),
        received_at=moment,
        area=told.area,
        county=_county_of(told.area),
        address=told.address,
        topic=told.topic,
        topic_basis=told.topic_basis,
        is_confidential=told.is_confidential,
    )
    registration = _registration(appeal, told, form, now)
    if contact:
        keep_contact(appeal=appeal, details=contact, now=now)
    record_event(
        action="appeal_registered",
        object_type="appeal",
        object_id=appeal.pk,
        actor=form.actor,
        now=now,
        details={
            "recorded_on": form.recorded_on,
            "has_contact": bool(contact),
            "is_confidential": told.is_confidential,
        },
    )
    return registration


def _registration(appeal: Appeal, told: Told, form: Form, now: datetime) -> Registration:
    return Registration.objects.create(
        appeal=appeal,
        form_key=form_key_of(form.token),
        body_hash=form.body_hash,
        recorded_on=form.recorded_on,
        registered_by=form.actor,
        registered_at=now,
        occurred_words=told.occurred_words,
        respondent_name=told.respondent_name,
        respondent_unit=told.respondent_unit,
        is_confidential=told.is_confidential,
        urgency=told.urgency,
        missing=list(told.missing),
    )


@transaction.atomic(savepoint=False)
def issue_receipt(*, appeal: Appeal, number: str, token: str) -> Receipt:
    """Give a registered appeal its number, and the citizen the means to follow it."""
    appeal.source_key = number
    Appeal.objects.filter(pk=appeal.pk).update(source_key=number)
    return Receipt.objects.create(
        appeal=appeal, number=number, code_hash=hash_of(number, code_of(token))
    )


def _content_hash(told: Told) -> str:
    parts = (told.subject, told.text, told.area.code if told.area else "", told.address)
    return ContentHasher().hash_of(parts)


def _county_of(area: Area | None) -> Area | None:
    """The area itself or the county that it lies in; the desk's areas know theirs already."""
    while area is not None and area.level != AreaLevel.COUNTY:
        area = area.parent
    return area
