"""How each condition of a move is checked; a guard that does not hold says why in one sentence."""

from collections.abc import Callable, Collection, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.directory_facts import case_of, directory_on, rule_book
from civicloop.apps.dispatch.models import OrderParty, PartyRole, WorkOrder
from civicloop.apps.dispatch.transitions import Guard
from civicloop.engines.routing.levels import HEIGHT, Level
from civicloop.engines.routing.rules import Choice

Check = Callable[[WorkOrder, User | None], str]  # "" where the condition holds


def broken_guard(guard: Guard, order: WorkOrder, actor: User | None) -> str:
    """Why the condition does not hold, or "" where it does."""
    return CHECKS[guard](order, actor)


def _complete(order: WorkOrder, _actor: User | None) -> str:
    if order.appeal.text.strip():
        return ""
    return _("What happened is not known yet.")


def _not_the_respondent(order: WorkOrder, _actor: User | None) -> str:
    if order.respondent_unit_id is None:
        return ""
    parties = order.parties.filter(is_open=True, unit_id=order.respondent_unit_id)
    if order.lead_unit_id != order.respondent_unit_id and not parties.exists():
        return ""
    return about_itself(order)


def complaint_about(order: WorkOrder, units: Collection[int]) -> WorkOrder | None:
    """The order, or one merged into it, that complains of one of the units; those must not handle it."""
    if order.respondent_unit_id in units:
        return order
    merged = order.merged_orders.filter(respondent_unit__in=units)
    return merged.select_related("respondent_unit").first() if units else None


def about_itself(order: WorkOrder) -> str:
    """That the unit complained of may not handle the order, in words."""
    words = _("The appeal is about %(unit)s: it must not handle it. Give it to the level above.")
    return words % {"unit": order.respondent_unit}


def _grassroots_allowed(order: WorkOrder, _actor: User | None) -> str:
    unit = order.lead_unit
    if unit is None or not Level(unit.level).is_grassroots:
        return ""
    day = timezone.localdate(order.dispatched_at)
    directory = directory_on(day)
    choice = rule_book(directory).choose(case_of(order, day)) if directory else None
    if not isinstance(choice, Choice) or choice.rule.grassroots_allowed:
        return ""
    return _(
        "Rule %(rule)s of the directory does not allow townships or villages to be made to act here."
    ) % {"rule": choice.rule.number}


def _higher_level(order: WorkOrder, _actor: User | None) -> str:
    unit, before = order.lead_unit, order.escalated_from
    if unit is None or not before or HEIGHT[Level(unit.level)] < HEIGHT[Level(before)]:
        return ""
    return _("The order was escalated from the level “%(level)s”: give it to a unit above.") % {
        "level": order.get_escalated_from_display()
    }


def _alone_in_kind(order: WorkOrder, _actor: User | None) -> str:
    master = order.master
    if master is None:
        return _("The main order is missing.")
    if order.is_report != master.is_report:
        return _("A report of a wrong is never merged with another kind of appeal.")
    handlers = list(master.parties.filter(is_open=True).values_list("unit_id", flat=True))
    # what was merged into the order may have followed it to the main order already
    if accusing := complaint_about(order, handlers) or complaint_about(master, handlers):
        return about_itself(accusing)
    if order.is_report and order.appeal.caller_key != master.appeal.caller_key:
        return _("Reports of a wrong by different citizens are never merged.")
    return ""


def _lead_of_order(order: WorkOrder, actor: User | None) -> str:
    party = party_of(order, actor)
    if party is not None and party.role == PartyRole.LEAD:
        return ""
    return _("Only the lead unit may do this.")


def party_of(order: WorkOrder, actor: User | None) -> OrderParty | None:
    """The open part that the actor's unit has in an order."""
    if actor is None or actor.unit_id is None:
        return None
    return order.parties.filter(is_open=True, unit_id=actor.unit_id).first()


def _returnable(order: WorkOrder, _actor: User | None) -> str:
    if not order.is_designated:
        return ""
    return _("The unit was designated after an objection and cannot return the order.")


def _parties_replied(order: WorkOrder, _actor: User | None) -> str:
    waiting = order.parties.filter(is_open=True, role=PartyRole.ASSIST, replied_at=None)
    units = ", ".join(party.unit.name for party in waiting.select_related("unit"))
    return _("Still waiting for the assisting units: %(units)s") % {"units": units} if units else ""


CHECKS: Mapping[Guard, Check] = {
    Guard.COMPLETE: _complete,
    Guard.NOT_THE_RESPONDENT: _not_the_respondent,
    Guard.GRASSROOTS_ALLOWED: _grassroots_allowed,
    Guard.HIGHER_LEVEL: _higher_level,
    Guard.ALONE_IN_KIND: _alone_in_kind,
    Guard.LEAD_OF_ORDER: _lead_of_order,
    Guard.RETURNABLE: _returnable,
    Guard.PARTIES_REPLIED: _parties_replied,
}
