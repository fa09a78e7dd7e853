"""The county is copied in (抄送) when a township or village of it gets an order, so that it can help."""

from datetime import datetime

from civicloop.apps.dispatch.actions.telling import tell_unit
from civicloop.apps.dispatch.models import OrderCopy, WorkOrder
from civicloop.apps.dispatch.notice_kinds import ORDER_COPIED
from civicloop.apps.places.models import Unit
from civicloop.apps.places.queries import county_government
from civicloop.engines.routing.levels import Level


def copy_to_county(order: WorkOrder, *, now: datetime) -> OrderCopy | None:
    """Let the government of the county see an order that a unit below it leads.

    Nobody more than needed learns of a report of a wrong or of what was told in confidence, and a unit that
    takes part, or that the order is about, needs no copy.
    """
    lead = order.lead_unit
    if lead is None or not Level(lead.level).is_grassroots:
        return None
    if order.is_report or order.is_sensitive or order.is_confidential:
        return None
    county = county_government(lead.area)
    if county is None or county.pk == order.respondent_unit_id or _takes_part(order, county):
        return None
    copy = OrderCopy.objects.create(order=order, unit=county, at=now)
    tell_unit(ORDER_COPIED, order=order, unit_id=county.pk, key=f"copy {copy.pk}", now=now)
    return copy


def _takes_part(order: WorkOrder, unit: Unit) -> bool:
    return order.parties.filter(is_open=True, unit=unit).exists()
