"""The orders that a changed directory would send elsewhere, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.queries.directory import ORDER
from civicloop.apps.dispatch.routing_words import UnitNames
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.engines.routing.backtest import Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOrder:
    """One of them; what may not be seen has neither number nor subject."""

    order: WorkOrder | None
    appeal: Appeal | None
    topic: str
    before: str
    after: str
    rule_before: int | None
    rule_after: int | None
    assists_no_more: str  # names; "" for none
    assists_then: str


def moved_orders(
    moved: Sequence[Moved], *, user: User | AnonymousUser, names: UnitNames
) -> list[MovedOrder]:
    """The orders, and the appeals that have none, of one page of a back-test."""
    keys = [(one, one.key.partition(" ")[0], int(one.key.partition(" ")[2])) for one in moved]
    visible = orders_visible_to(user).select_related("appeal")
    orders = visible.in_bulk([pk for _one, kind, pk in keys if kind == ORDER])
    asked = [pk for _one, kind, pk in keys if kind != ORDER]
    shown = without_hidden(Appeal.objects.all())
    appeals = shown.in_bulk(asked) if may(user, Action.VIEW_APPEALS) else {}
    found = []
    for one, kind, pk in keys:
        order = orders.get(pk) if kind == ORDER else None
        appeal = appeals.get(pk) if kind != ORDER else None
        found.append(
            MovedOrder(
                order=order,
                appeal=order.appeal if order else appeal,
                topic=one.case.topic,
                before=names.of(one.move.before),
                after=names.of(one.move.after),
                rule_before=one.rule_before,
                rule_after=one.rule_after,
                assists_no_more=names.of_all(one.assists_no_more),
                assists_then=names.of_all(one.assists_then),
            )
        )
    return found
