"""From a form to an appeal with its order and receipt: all of it or nothing, and once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from civicloop.apps.audit.actions import written_together
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.actions.passing_on import open_routed_order
from civicloop.apps.dispatch.models import DeskDraft, Urgency, WorkOrder
from civicloop.apps.dispatch.routing_facts import Router
from civicloop.apps.intake.actions.photos import keep_photos
from civicloop.apps.intake.actions.registering import Form, Told, issue_receipt, register_appeal
from civicloop.apps.intake.models import Appeal, Kind, Receipt, RecordedOn
from civicloop.apps.intake.receipts import code_of, form_key_of
from civicloop.apps.vault.identities import ContactDetails
from civicloop.connectors.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of a form; a form sent again gives what came of it the first time."""

    order: WorkOrder
    receipt: Receipt
    code: str  # for the citizen's eyes alone
    is_new: bool


class FormChangedError(Exception):
    """The form was sent before with other words; the argument is the number that it got then."""


def take_in(
    *,
    told: Told,
    contact: ContactDetails,
    form: Form,
    now: datetime,
    router: Router | None = None,
    photos: Sequence[Picture] = (),
) -> TakenIn:
    """Register what was told and open its order; what an operator took down counts as registered.

    With a router, a whole order is passed on and goes to its unit or to the dispatcher at once.
    What the operator kept of the form while writing it goes with it.
    Of two who send the same form at once the second waits for the first, and gets the same.

    Raises:
        FormChangedError: the form was sent before, and said something else.
    """
    try:
        return _take_in(told, contact, form, router, photos, now)
    except IntegrityError:
        known = taken_before(form)  # the same form, sent twice at once
        if known is None:
            raise
        return known


@transaction.atomic
def _take_in(
    told: Told,
    contact: ContactDetails,
    form: Form,
    router: Router | None,
    photos: Sequence[Picture],
    now: datetime,
) -> TakenIn:
    with written_together():
        registration = register_appeal(told=told, contact=contact, form=form, now=now)
        appeal = registration.appeal
        keep_photos(appeal=appeal, pictures=photos, now=now)
        order = _open(appeal, told, form, router, now)
        receipt = issue_receipt(appeal=appeal, number=order.number, token=form.token)
        if form.actor:
            DeskDraft.objects.filter(user=form.actor).delete()
    return TakenIn(order=order, receipt=receipt, code=code_of(form.token), is_new=True)


def _open(
    appeal: Appeal, told: Told, form: Form, router: Router | None, now: datetime
) -> WorkOrder:
    circumstances = Circumstances(
        urgency=told.urgency,
        is_sensitive=told.kind == Kind.REPORT or told.urgency == Urgency.CRITICAL,
        is_confidential=told.is_confidential,
        respondent_name=told.respondent_name,
        respondent_unit=told.respondent_unit,
    )
    is_registered = form.recorded_on == RecordedOn.SEAT and not told.missing
    if router and is_registered:
        return open_routed_order(
            appeal=appeal, circumstances=circumstances, router=router, actor=form.actor, now=now
        )
    return open_order_for(
        appeal=appeal,
        circumstances=circumstances,
        is_registered=is_registered,
        actor=form.actor,
        now=now,
    )


def taken_before(form: Form) -> TakenIn | None:
    """What came of the form when it was sent before.

    Raises:
        FormChangedError: it said something else then.
    """
    orders = WorkOrder.objects.filter(appeal__registration__form_key=form_key_of(form.token))
    related = orders.select_related("appeal__receipt", "appeal__registration")
    order = related.order_by("part").first()
    if order is None:
        return None
    if order.appeal.registration.body_hash not in {"", form.body_hash}:
        raise FormChangedError(order.number)
    receipt = order.appeal.receipt
    return TakenIn(order=order, receipt=receipt, code=code_of(form.token), is_new=False)
