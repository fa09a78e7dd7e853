"""The replies worth another look."""

from django import forms
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.issues.models import ReplyCheck
from civicloop.apps.issues.reply_queries import (
    Look,
    Order,
    ReplyFilters,
    look_counts,
    replies_page,
    templates_by_size,
)
from civicloop.apps.issues.reply_tables import reply_table
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.web.downloads import csv_download, xlsx_download
from civicloop.web.issues.reply_words import LOOK_WORDS, ORDER_WORDS, VERDICT_TAGS
from civicloop.web.requests import HtmxRequest

BIGGEST_NUMBER = 2**62
DOWNLOADS = {"csv": csv_download, "xlsx": xlsx_download}


class ReplyFilterForm(forms.Form):
    """What the address says; what it says wrongly is passed over."""

    look = forms.ChoiceField(choices=[(look.value, look.value) for look in Look], required=False)
    order = forms.ChoiceField(choices=[(each.value, each.value) for each in Order], required=False)
    county = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER)
    template = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER)


def filters_of(query: QueryDict) -> ReplyFilters:
    """The valid parts of the address."""
    form = ReplyFilterForm(query)
    form.is_valid()
    return ReplyFilters(
        look=Look(form.cleaned_data.get("look") or Look.SURE),
        order=Order(form.cleaned_data.get("order") or Order.SUREST),
        county_id=form.cleaned_data.get("county"),
        template_id=form.cleaned_data.get("template"),
    )


@require_safe
@vary_on_headers("HX-Request")
def reply_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    today = timezone.localdate()
    filters = filters_of(request.GET)
    counts = look_counts(today=today)
    page = replies_page(
        filters,
        today=today,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "filters": filters,
        "looks": [(look.value, LOOK_WORDS[look], counts[look]) for look in Look],
        "orders": [(order.value, ORDER_WORDS[order]) for order in Order],
        "counties": Area.objects.filter(level=AreaLevel.COUNTY).order_by("code"),
        "page": page,
        "entries": [(check, VERDICT_TAGS[check.verdict]) for check in page.checks],
        "templates": templates_by_size() if filters.look is Look.TEMPLATE else [],
        "has_checks": ReplyCheck.objects.exists(),
        "today": today,
    }
    template = "issues/_reply_table.html" if request.htmx else "issues/reply_list.html"
    return render(request, template, context)


@require_safe
def export(request: HtmxRequest, format_: str) -> HttpResponseBase:
    require(request.user, Action.EXPORT)
    if format_ not in DOWNLOADS:
        raise Http404
    today = timezone.localdate()
    table = reply_table(filters_of(request.GET), today=today)
    return DOWNLOADS[format_](f"replies-{today}", table)
