"""The board of indicators."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.indicators.gathering import last_whole_month
from civicloop.apps.indicators.goal_targets import goal_targets
from civicloop.apps.indicators.queries.board import board as cards_of
from civicloop.apps.indicators.shown.asked import month_named, months_to, the_city
from civicloop.apps.indicators.shown.cards import groups_of
from civicloop.apps.indicators.shown.words import word_period
from civicloop.apps.indicators.snapshots import month_name
from civicloop.web.requests import HtmxRequest


@require_safe
def board(request: HtmxRequest) -> HttpResponse:
    """The newest figure of each indicator, or those of a month."""
    require(request.user, Action.VIEW_INDICATORS)
    day, city = timezone.localdate(), the_city()
    area = city.asked(request.GET.get("area", ""))
    month = month_named(request.GET.get("month", ""))
    cards = cards_of(
        day,
        area=area,
        is_whole=area == city.code,
        month=month,
        hides_small=not may(request.user, Action.SEE_SMALL_COUNTS),
    )
    last = last_whole_month(day)
    context = {
        "city": city,
        "area": area,
        "area_name": city.name(area),
        "month": "" if month is None else month_name(month),
        "months": [(month_name(each), word_period(month_name(each))) for each in months_to(last)],
        "groups": groups_of(cards, goal_targets(), city),
        "count": len(cards),
        "red_count": sum(card.figure.light == "red" and not card.is_hidden for card in cards),
        "stale_count": sum(card.stale_since is not None for card in cards),
    }
    return render(request, "indicators/board.html", context)
