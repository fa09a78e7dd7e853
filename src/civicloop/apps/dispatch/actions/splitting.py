"""Cut the complaint out of a message that also reports a wrong.

The report keeps the whole message and stays with those who may read it; the complaint becomes an
appeal and an order of its own, in which nothing tells that there is a report.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.dispatching import pass_on
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.dispatch.queries.splitting import reads_like_a_report
from civicloop.apps.intake.actions.registering import Form, Told, issue_receipt, register_appeal
from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.masking import mask_at_once
from civicloop.apps.intake.models import Appeal, Kind, RecordedOn, SplitOff
from civicloop.apps.places.models import Unit
from civicloop.apps.vault.identities import ContactDetails

SPLIT_WHILE = frozenset(
    {OrderState.RECEIVED, OrderState.INCOMPLETE, OrderState.REGISTERED, OrderState.TRIAGE}
)  # no unit has read it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a message is cut."""

    complaint: str  # the words that go their own way
    accused: Unit | None = None  # by the report; never gets it, whoever dispatches
    accused_name: str = ""


def may_split(order: WorkOrder) -> bool:
    """Whether the order may still be cut in two."""
    return order.state in SPLIT_WHILE and order.master_id is None


@transaction.atomic
def split_off_complaint(
    *, order_id: int, cut: Cut, seen_version: int, actor: User, now: datetime
) -> WorkOrder:
    """Give the complaint an order of its own; the order becomes that of a report.

    Raises:
        StaleOrderError: the order is not at the version that the actor saw.
        StepRefusedError: a unit has it already, or the words still report a wrong.
    """
    order = lock_order(order_id, seen_version=seen_version)
    complaint = cut.complaint.strip()
    if not may_split(order):
        raise StepRefusedError(_("A unit has the order already: it cannot be cut any more."))
    if not complaint or reads_like_a_report(complaint):
        raise StepRefusedError(_("The words of the complaint still read like a report of a wrong."))
    part = _open_complaint(order, complaint, actor, now)
    _keep_as_report(order, cut)
    # a complaint never stands with a report: what was merged into the order goes with the complaint
    order.merged_orders.exclude(kind=Kind.REPORT).update(master=part)
    note_step(order=order, step=Step(name="split", actor=actor, now=now, details={"part": part.pk}))
    mask_at_once([order.appeal_id])
    return pass_on(order_id=part.pk, actor=actor, now=now)


def _open_complaint(order: WorkOrder, words: str, actor: User, now: datetime) -> WorkOrder:
    whole, token = order.appeal, token_urlsafe()
    registration = register_appeal(
        told=Told(
            text=words,
            kind=Kind.COMPLAINT,
            channel=whole.channel,
            area=whole.area,
            address=whole.address,
            is_confidential=order.is_confidential,
        ),
        contact=_contact_of(whole),
        form=Form(token=token, body_hash="", recorded_on=RecordedOn.SEAT, actor=actor),
        now=now,
    )
    appeal = registration.appeal
    circumstances = Circumstances(is_confidential=order.is_confidential)
    part = open_order_for(
        appeal=appeal, circumstances=circumstances, is_registered=True, actor=actor, now=now
    )
    issue_receipt(appeal=appeal, number=part.number, token=token)
    SplitOff.objects.create(appeal=appeal, origin=whole)
    return part


def _contact_of(appeal: Appeal) -> ContactDetails:
    """The same contact, sealed once more for the other part; nobody sees it on the way."""
    contact = getattr(appeal, "contact", None)
    return open_contact(contact) if contact else ContactDetails()


def _keep_as_report(order: WorkOrder, cut: Cut) -> None:
    order.appeal.kind = Kind.REPORT
    order.appeal.save(update_fields=["kind"])
    order.kind, order.is_sensitive = Kind.REPORT, True
    if cut.accused or cut.accused_name:
        order.respondent_unit, order.respondent_name = cut.accused, cut.accused_name
