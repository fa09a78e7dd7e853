"""From a form to an appeal with its order and receipt: all of it or nothing, and once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.models import Urgency, WorkOrder
from civicloop.apps.intake.actions.registering import Form, Told, issue_receipt, register_appeal
from civicloop.apps.intake.contacts import ContactDetails
from civicloop.apps.intake.models import Kind, Receipt, RecordedOn
from civicloop.apps.intake.receipts import code_of, form_key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of a form; a form sent again gives what came of it the first time."""

    order: WorkOrder
    receipt: Receipt
    code: str  # for the citizen's eyes alone
    is_new: bool


def take_in(*, told: Told, contact: ContactDetails, form: Form, now: datetime) -> TakenIn:
    """Register what was told and open its order; what an operator took down counts as registered."""
    known = _known(form)
    if known:
        return known
    try:
        return _take_in(told, contact, form, now)
    except IntegrityError:
        known = _known(form)  # the same form, sent twice at once
        if known is None:
            raise
        return known


@transaction.atomic
def _take_in(told: Told, contact: ContactDetails, form: Form, now: datetime) -> TakenIn:
    registration = register_appeal(told=told, contact=contact, form=form, now=now)
    appeal = registration.appeal
    order = open_order_for(
        appeal=appeal,
        circumstances=Circumstances(
            urgency=told.urgency,
            is_sensitive=told.kind == Kind.REPORT or told.urgency == Urgency.CRITICAL,
            is_confidential=told.is_confidential,
            respondent_name=told.respondent_name,
            respondent_unit=told.respondent_unit,
        ),
        is_registered=form.recorded_on == RecordedOn.SEAT and not told.missing,
        actor=form.actor,
        now=now,
    )
    receipt = issue_receipt(appeal=appeal, number=order.number, token=form.token)
    return TakenIn(order=order, receipt=receipt, code=code_of(form.token), is_new=True)


def _known(form: Form) -> TakenIn | None:
    orders = WorkOrder.objects.filter(appeal__registration__form_key=form_key_of(form.token))
    order = orders.select_related("appeal__receipt").order_by("part").first()
    if order is None:
        return None
    receipt = order.appeal.receipt
    return TakenIn(order=order, receipt=receipt, code=code_of(form.token), is_new=False)
