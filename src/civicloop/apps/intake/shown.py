"""Which appeals are as if they were not there, for whoever belongs to the unit that they accuse.

That is a report of a wrong, or what was told in confidence, about the reader's own unit. Pages, lists, searches, counts
and files leave it out alike: what is listed would tell that somebody reported.
"""

from typing import TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.visibility import unit_now
from civicloop.apps.intake.models import Appeal, Kind, Registration

Row = TypeVar("Row", bound=Model)

SENSITIVE = Q(kind=Kind.REPORT) | Q(is_confidential=True)
# of the table of appeals under the name a, for statements that are written by hand
SHOWN_SQL = (
    "(NOT (a.kind = 'report' OR coalesce(a.is_confidential, false))"
    " OR a.id NOT IN (SELECT appeal_id FROM intake_registration WHERE respondent_unit_id = %s"
    " UNION SELECT appeal_id FROM dispatch_workorder WHERE respondent_unit_id = %s))"
)


def appeals_about(unit: int) -> QuerySet[Appeal]:
    """Those that complain of a unit; of two conditions PostgreSQL would make a look at every appeal."""
    orders = apps.get_model("dispatch", "WorkOrder").objects.filter(respondent_unit=unit)
    registered = Registration.objects.filter(respondent_unit=unit)
    return Appeal.objects.filter(pk__in=registered.values("appeal").union(orders.values("appeal")))


def accused_units(appeal: Appeal) -> set[int]:
    """The units that an appeal complains of."""
    registered = Registration.objects.filter(appeal=appeal).exclude(respondent_unit=None)
    orders = appeal.orders.exclude(respondent_unit=None)
    return {
        *registered.values_list("respondent_unit", flat=True),
        *orders.values_list("respondent_unit", flat=True),
    }


def is_hidden_from(user: User | AnonymousUser, appeal: Appeal) -> bool:
    """Whether it is a report, or told in confidence, about the very unit that the user belongs to."""
    if not appeal.is_sensitive or not isinstance(user, User) or not user.unit_id:
        return False
    return appeals_about(user.unit_id).filter(pk=appeal.pk).exists()


def hidden_from_unit(unit: int) -> QuerySet[Appeal]:
    """What nobody of the unit finds anywhere."""
    return appeals_about(unit).filter(SENSITIVE)


def without_hidden(rows: QuerySet[Row], appeal: str = "pk") -> QuerySet[Row]:
    """The rows without those of an appeal that is hidden from the reader of this moment.

    Args:
        rows: of any table.
        appeal: the way from a row to its appeal.
    """
    unit = unit_now()
    if unit is None:
        return rows
    return rows.exclude(**{f"{appeal}__in": hidden_from_unit(unit).values("pk")})


def shown_sql() -> tuple[str, tuple[int, ...]]:
    """The same as a condition with its values, "" where nothing is hidden; the table is named a."""
    unit = unit_now()
    return (SHOWN_SQL, (unit, unit)) if unit is not None else ("", ())
