"""The records behind the rows of a figure, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.air.models import CityDay
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.indicators.models import Observation
from civicloop.apps.indicators.queries.tracing import TracedRow
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden

ORDER, OBSERVATION, CITY_DAY, FORMER_DAY = "order ", "observation ", "city day ", "air day "


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A row and the record that it was made from."""

    traced: TracedRow
    order: WorkOrder | None = None
    appeal: Appeal | None = None  # of an order, where the reader sees appeals
    observation: Observation | None = None
    city_day: int | None = None


def records_behind(rows: Sequence[TracedRow], user: User) -> list[Behind]:
    """Return the rows with their records; what the reader may not see stays a number of its kind."""
    visible = orders_visible_to(user).filter(pk__in=_numbers(rows, ORDER))
    orders = {order.pk: order for order in visible}
    appeals = _appeals(rows) if may(user, Action.VIEW_APPEALS) else {}
    observed = Observation.objects.filter(pk__in=_numbers(rows, OBSERVATION))
    observations = {each.pk: each for each in observed.select_related("document")}
    former = CityDay.objects.filter(former_number__in=_numbers(rows, FORMER_DAY))
    days = dict(former.values_list("former_number", "pk"))
    return [
        Behind(
            traced=row,
            order=orders.get(_number(row, ORDER)),
            appeal=appeals.get(_number(row, ORDER)),
            observation=observations.get(_number(row, OBSERVATION)),
            city_day=_number(row, CITY_DAY) or days.get(_number(row, FORMER_DAY)),
        )
        for row in rows
    ]


def _appeals(rows: Sequence[TracedRow]) -> dict[int, Appeal]:
    found = WorkOrder.objects.filter(pk__in=_numbers(rows, ORDER))
    orders = without_hidden(found, "appeal").select_related("appeal")
    return {order.pk: order.appeal for order in orders}


def _numbers(rows: Sequence[TracedRow], prefix: str) -> list[int]:
    return [number for row in rows if (number := _number(row, prefix))]


def _number(row: TracedRow, prefix: str) -> int:
    """The number of the record, 0 where it is of another kind."""
    return int(row.ref.removeprefix(prefix)) if row.ref.startswith(prefix) else 0
