"""The figures of the hotline and the orders behind each number."""

from datetime import date, timedelta
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.dispatch.figures import COHORT_WORDS, FIGURES, Figure, Period
from civicloop.apps.dispatch.queries.figures import (
    SMALLEST_RANKED,
    UnitFigure,
    figure_by_unit,
    figures_of,
    late_by,
    orders_behind,
)
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.places.models import Unit, UnitLevel
from civicloop.values.ratios import Ratio
from civicloop.web.requests import HtmxRequest

DAYS_SHOWN = 30
LONGEST_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1900, 2199  # beyond, a moment can no longer be counted in every zone
ORDERS_PER_PAGE = 50
PARTS = {"whole": None, "part": True, "rest": False}


class PeriodForm(forms.Form):
    """The days asked for; without any, the last thirty."""

    first_day = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def clean(self) -> dict[str, date]:
        """Fill in what is left open, and refuse a period that runs backwards or for ever."""
        last = self.cleaned_data.get("last_day") or timezone.localdate()
        first = self.cleaned_data.get("first_day") or last - timedelta(days=DAYS_SHOWN - 1)
        if first.year < FIRST_YEAR or last.year > LAST_YEAR:
            raise forms.ValidationError(_("Give days from 1900 to 2199."))
        if first > last:
            raise forms.ValidationError(_("The first day is after the last."))
        if last - first > timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("The period is longer than ten years."))
        return {"first_day": first, "last_day": last}


class FigureRow(NamedTuple):
    """A figure, its two numbers and what it is about."""

    code: str
    figure: Figure
    ratio: Ratio
    cohort: str


class Tier(NamedTuple):
    """Units of one level, which alone may be compared."""

    words: str
    units: list[UnitFigure]


@require_safe
def figures(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_FIGURES)
    form, period = asked_period(request.GET)
    orders = orders_visible_to(request.user)
    ratios = figures_of(orders, period)
    rows = [
        FigureRow(code, FIGURES[code], ratio, str(COHORT_WORDS[FIGURES[code].cohort]))
        for code, ratio in ratios.items()
    ]
    by_code = {row.code: row.ratio.value for row in rows}
    unit, citizen = by_code["claimed_solved"], by_code["resolved"]
    gap = None if unit is None or citizen is None else unit - citizen
    return render(
        request,
        "dispatch/figures.html",
        {
            "form": form,
            "period": period,
            "rows": rows,
            "gap": gap,
            "late": late_by(orders, period, now=timezone.now()),
            "called_back_percent": round(settings.SHARE_CALLED_BACK * 100),
            "reviewed_percent": round(settings.SHARE_REVIEWED * 100),
        },
    )


@require_safe
def figure(request: HtmxRequest, code: str) -> HttpResponse:
    """One figure by unit, in tiers of peers."""
    require(request.user, Action.VIEW_FIGURES)
    known = _known(code)
    form, period = asked_period(request.GET)
    orders = orders_visible_to(request.user)
    tiers = [
        Tier(str(UnitLevel(level).label), units)
        for level, units in figure_by_unit(orders, code, period).items()
    ]
    context = {
        "form": form,
        "period": period,
        "code": code,
        "figure": known,
        "cohort": COHORT_WORDS[known.cohort],
        "tiers": tiers,
        "smallest": SMALLEST_RANKED,
    }
    return render(request, "dispatch/figure.html", context)


@require_safe
def figure_orders(request: HtmxRequest, code: str, part: str) -> HttpResponse:
    """The orders behind one number."""
    require(request.user, Action.VIEW_FIGURES)
    known = _known(code)
    if part not in PARTS:
        raise Http404
    form, period = asked_period(request.GET)
    code_of_unit = request.GET.get("unit", "")
    unit = Unit.objects.filter(code=code_of_unit).first() if code_of_unit.isprintable() else None
    behind = orders_behind(
        orders_visible_to(request.user), code, period, only_part=PARTS[part], unit=unit
    )
    related = behind.select_related("appeal", "lead_unit", "area")
    pages = Paginator(related.order_by(f"-{known.cohort}", "-pk"), ORDERS_PER_PAGE)
    try:
        page = pages.page(request.GET.get("page", "1"))
    except InvalidPage as error:
        raise Http404 from error
    context = {
        "form": form,
        "period": period,
        "code": code,
        "figure": known,
        "part": part,
        "unit": unit,
        "page": page,
        "entries": [(order, order.title) for order in page],
    }
    return render(request, "dispatch/figure_orders.html", context)


def _known(code: str) -> Figure:
    if code not in FIGURES:
        raise Http404
    return FIGURES[code]


def asked_period(query: QueryDict) -> tuple[PeriodForm, Period]:
    """The form and its period; what the address says wrongly is told, and the usual period shown."""
    form = PeriodForm(query)
    if form.is_valid():
        return form, Period(**form.cleaned_data)
    usual = PeriodForm({})
    usual.is_valid()
    return form, Period(**usual.cleaned_data)
