"""Who handles an order: the lead unit and those that assist it, each with its own time."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.apps.audit.actions import record_event
from civicloop.apps.clocks.actions.several import stop_clocks
from civicloop.apps.dispatch.actions.telling import tell_leader
from civicloop.apps.dispatch.models import (
    OrderParty,
    PartyRole,
    SheetCause,
    SheetState,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.dispatch.notice_kinds import INSTRUCTION_LAPSED
from civicloop.apps.places.models import Unit

SHEET_OWNER = "supervision_sheet"
STANDING = (SheetState.OPEN, SheetState.REPLIED)


def assign_parties(
    order: WorkOrder, *, lead: Unit, assisting: Sequence[Unit] = (), now: datetime
) -> list[OrderParty]:
    """Give a locked order to its units; the parties before them have ended."""
    order.lead_unit = lead
    others = [unit for unit in dict.fromkeys(assisting) if unit != lead]
    roles = [(lead, PartyRole.LEAD), *((unit, PartyRole.ASSIST) for unit in others)]
    return OrderParty.objects.bulk_create(
        OrderParty(order=order, unit=unit, role=role, round=order.round, assigned_at=now)
        for unit, role in roles
    )


def release_parties(order: WorkOrder, *, now: datetime) -> None:
    """The units that had the order have it no longer, no longer see it and owe no account of it."""
    end_parties(order, now=now, is_released=True)
    free_of_units(order)
    order.copies.filter(is_released=False).update(is_released=True)
    _withdraw_sheets(order.sheets.all(), now)
    order.supervision_level = 0


def release_unit(order: WorkOrder, unit: Unit, *, now: datetime) -> None:
    """The same for one unit that assists; the others go on."""
    order.parties.filter(is_open=True, unit=unit).update(
        is_open=False, ended_at=now, is_released=True
    )
    _withdraw_sheets(order.sheets.filter(unit=unit), now)
    standing = order.sheets.filter(state__in=STANDING)
    order.supervision_level = standing.aggregate(highest=Max("level"))["highest"] or 0


def free_of_units(order: WorkOrder) -> None:
    """No unit leads, and whoever is named next may return the order."""
    order.lead_unit, order.is_designated = None, False


def _withdraw_sheets(sheets: QuerySet[SupervisionSheet], now: datetime) -> None:
    for sheet in sheets.filter(state__in=STANDING):
        _withdraw(sheet, now)
        if sheet.cause == SheetCause.LEADER:
            tell_leader(sheet, INSTRUCTION_LAPSED, now=now)


def _withdraw(sheet: SupervisionSheet, now: datetime) -> None:
    stop_clocks(owner_type=SHEET_OWNER, owner_id=sheet.pk, actor=None, now=now)
    sheet.state, sheet.ended_at = SheetState.WITHDRAWN, now
    with translation.override(settings.LANGUAGE_CODE):
        sheet.end_note = _("The order was taken from the unit.")
    sheet.save(update_fields=["state", "ended_at", "end_note"])
    record_event(
        action="sheet_withdrawn",
        object_type="work_order",
        object_id=sheet.order_id,
        actor=None,
        now=now,
        details={"sheet": sheet.pk, "level": sheet.level},
    )


def end_parties(order: WorkOrder, *, now: datetime, is_released: bool = False) -> None:
    """The units' part in the order is over."""
    parties = order.parties.filter(is_open=True)
    parties.update(is_open=False, ended_at=now, is_released=is_released)


def assign_again(order: WorkOrder, *, now: datetime) -> list[OrderParty]:
    """The units that had the order get it once more, for its new round and with time of its own."""
    before = list(order.parties.filter(is_open=True).select_related("unit"))
    lead = next(party.unit for party in before if party.role == PartyRole.LEAD)
    assisting = [party.unit for party in before if party.role == PartyRole.ASSIST]
    end_parties(order, now=now)
    parties = assign_parties(order, lead=lead, assisting=assisting, now=now)
    order.parties.filter(is_open=True, role=PartyRole.LEAD).update(signed_at=now)
    return parties
