"""Tell the people of a unit, or a leader, what was decided about an order."""

from datetime import datetime

from django.urls import reverse

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.dispatch.models import SupervisionSheet, WorkOrder
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.kinds import NoticeKind


def tell_unit(
    kind: NoticeKind,
    *,
    order: WorkOrder,
    unit_id: int,
    key: str,
    now: datetime,
    params: dict[str, str | int] | None = None,
) -> None:
    """Tell clerks and heads once for this key; the link leads where they may still go."""
    has_order = order.parties.filter(unit=unit_id, is_released=False).exists()
    notify(
        User.objects.filter(unit=unit_id, role__in=OF_A_UNIT, is_active=True),
        kind=kind,
        key=key,
        link=reverse("dispatch:order", args=[order.pk]) if has_order else reverse("dispatch:inbox"),
        now=now,
        reference=order.number,
        params=params,
    )


def tell_leader(
    sheet: SupervisionSheet, kind: NoticeKind, *, now: datetime, about: int = 0
) -> None:
    """Tell who gave an instruction, or wrote it down for a leader."""
    notify(
        [sheet.issued_by] if sheet.issued_by else [],
        kind=kind,
        key=f"{kind.code} {sheet.pk} {about}",
        link=reverse("dispatch:order", args=[sheet.order_id]),
        now=now,
        reference=sheet.order.number,
    )
