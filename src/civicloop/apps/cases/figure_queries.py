"""The figures of case work over a period, and the rows behind each number."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateField, Model, QuerySet

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.figures import CASE_FIGURES, CaseFigure, Rows
from civicloop.apps.cases.models import (
    MediationCase,
    MeetingDecision,
    PetitionCase,
    PetitionStage,
    Reception,
    ReceptionCase,
)
from civicloop.apps.cases.visibility import (
    mediations_visible_to,
    meetings_visible_to,
    petitions_visible_to,
    receptions_visible_to,
    without_own_matters,
)
from civicloop.apps.dispatch.figures import Period
from civicloop.apps.dispatch.models import SheetState, SupervisionSheet
from civicloop.apps.dispatch.queries.oversight import RED_FROM
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.values.ratios import Ratio

AnyRows = QuerySet[Any]


def figures_of_cases(
    user: User, kinds: Collection[Rows], period: Period, *, now: datetime
) -> dict[str, Ratio]:
    """Every figure over rows of these kinds that the reader may see; one statement a cohort."""
    codes = [code for code, figure in CASE_FIGURES.items() if figure.rows in kinds]
    cohorts: dict[tuple[Rows, str], list[str]] = {}
    for code in codes:
        figure = CASE_FIGURES[code]
        cohorts.setdefault((figure.rows, figure.cohort), []).append(code)
    counted: dict[str, int] = {}
    for (kind, cohort), own in cohorts.items():
        counts = {}
        for code in own:
            whole, part = CASE_FIGURES[code].whole(now), CASE_FIGURES[code].part(now)
            counts[f"whole_{code}"] = Count("pk", filter=whole) if whole else Count("pk")
            counts[f"part_{code}"] = Count("pk", filter=whole & part)
        counted |= _within(OF_KIND[kind](user), cohort, period).aggregate(**counts)
    return {code: Ratio(counted[f"part_{code}"], counted[f"whole_{code}"]) for code in codes}


def rows_behind(
    user: User, code: str, period: Period, *, now: datetime, only_part: bool | None = None
) -> AnyRows:
    """The rows of a figure: its whole, its part (True) or the rest of the whole (False)."""
    figure: CaseFigure = CASE_FIGURES[code]
    rows = _within(OF_KIND[figure.rows](user), figure.cohort, period).filter(figure.whole(now))
    if only_part is not None:
        part = rows.filter(figure.part(now)).values("pk")
        rows = rows.filter(pk__in=part) if only_part else rows.exclude(pk__in=part)
    return rows.select_related(*RELATED[figure.rows]).order_by(f"-{figure.cohort}", "-pk")


def mean_time_red(user: User, period: Period, *, now: datetime) -> timedelta | None:
    """How long the red sheets of the period were open on average, to their end or to now."""
    red = _within(_sheets(user), "issued_at", period).filter(level__gte=RED_FROM)
    spans = red.exclude(state=SheetState.WITHDRAWN).values_list("issued_at", "ended_at")
    lengths = [(ended_at or now) - issued_at for issued_at, ended_at in spans]
    return sum(lengths, timedelta()) / len(lengths) if lengths else None


def _petitions(user: User) -> AnyRows:
    return _own(PetitionCase, petitions_visible_to(user))


def _stages(user: User) -> AnyRows:
    return PetitionStage.objects.filter(petition__in=petitions_visible_to(user).values("pk"))


def _receptions(user: User) -> AnyRows:
    return _own(Reception, receptions_visible_to(user))


def _matters(user: User) -> AnyRows:
    held = receptions_visible_to(user).values("pk")
    return without_own_matters(ReceptionCase.objects.filter(reception__in=held))


def _meetings(user: User) -> AnyRows:
    visible = meetings_visible_to(user)
    return _own(visible.model, visible)


def _decisions(user: User) -> AnyRows:
    held = meetings_visible_to(user).values("pk")
    decisions = MeetingDecision.objects.filter(meeting__in=held)
    decisions = without_own_matters(decisions, "case__")
    return decisions.filter(owner=user.unit_id) if user.role in OF_A_UNIT else decisions


def _mediations(user: User) -> AnyRows:
    return _own(MediationCase, mediations_visible_to(user))


def _sheets(user: User) -> AnyRows:
    sheets = SupervisionSheet.objects.filter(order__in=orders_visible_to(user))
    if may(user, Action.OVERSEE):
        return sheets
    return sheets.filter(unit=user.unit_id) if user.role in OF_A_UNIT else sheets.none()


def _own(model: type[Model], visible: AnyRows) -> AnyRows:
    """Each visible row once: who sees a row for two reasons would count it twice."""
    return model._default_manager.filter(pk__in=visible.values("pk"))  # noqa: SLF001


def _within(rows: AnyRows, cohort: str, period: Period) -> AnyRows:
    if _is_day(rows.model, cohort):
        return rows.filter(
            **{f"{cohort}__gte": period.first_day, f"{cohort}__lte": period.last_day}
        )
    return rows.filter(period.holds(cohort))


def _is_day(model: type[Model], path: str) -> bool:
    first, _separator, rest = path.partition("__")
    field = model._meta.get_field(first)  # noqa: SLF001
    if rest and field.related_model:
        return _is_day(field.related_model, rest)
    return field.get_internal_type() == DateField.__name__


OF_KIND: Mapping[Rows, Callable[[User], AnyRows]] = {
    Rows.PETITION: _petitions,
    Rows.STAGE: _stages,
    Rows.RECEPTION: _receptions,
    Rows.MATTER: _matters,
    Rows.MEETING: _meetings,
    Rows.DECISION: _decisions,
    Rows.MEDIATION: _mediations,
    Rows.SHEET: _sheets,
}
RELATED: Mapping[Rows, tuple[str, ...]] = {
    Rows.PETITION: ("package_leader",),
    Rows.STAGE: ("petition", "organ"),
    Rows.RECEPTION: ("leader",),
    Rows.MATTER: ("reception__leader",),
    Rows.MEETING: ("area",),
    Rows.DECISION: ("meeting", "owner"),
    Rows.MEDIATION: ("committee",),
    Rows.SHEET: ("order__appeal", "unit"),
}
