"""Tell the people of a unit, or a leader, what was decided about an order."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.dispatch.models import SupervisionSheet, WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.intake.shown import accused_units
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.kinds import NoticeKind


def who_may_be_told(people: Iterable[User], order: WorkOrder) -> list[User]:
    """Without whoever belongs to a unit that a report accuses: its number alone would tell of it."""
    might_accuse = order.respondent_unit_id or order.kind == Kind.REPORT or order.is_confidential
    is_report = might_accuse and order.appeal.is_sensitive  # most need no look at the appeal
    accused = accused_units(order.appeal) if is_report else frozenset()
    return [user for user in people if user.unit_id not in accused]


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
    has_order = (
        order.parties.filter(unit=unit_id, is_released=False).exists()
        or order.copies.filter(unit=unit_id, is_released=False).exists()
    )
    staff = User.objects.filter(unit=unit_id, role__in=OF_A_UNIT, is_active=True)
    notify(
        who_may_be_told(staff, order),
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
        who_may_be_told([sheet.issued_by] if sheet.issued_by else [], sheet.order),
        kind=kind,
        key=f"{kind.code} {sheet.pk} {about}",
        link=reverse("dispatch:order", args=[sheet.order_id]),
        now=now,
        reference=sheet.order.number,
    )
