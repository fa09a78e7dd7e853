"""What is rising with a bound on false alarms, what burns slowly, and what a bound would have told."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.issues.actions.alarms import (
    BACKTEST_DAYS,
    USUAL_PER_WEEK,
    NoAppealsInDaysError,
    TooLittleHistoryError,
    known_part,
    run_backtest,
)
from civicloop.apps.issues.alarm_facts import HISTORY_DAYS
from civicloop.apps.issues.alarm_queries import (
    SHOWN_DAYS,
    alarms_of_series,
    alarms_until,
    appeals_between,
    backtests,
    busy_writers_until,
    last_alarm_check,
    shown_of_backtest,
    slow_burners_on,
    without_accusing_writers,
)
from civicloop.apps.issues.models import Alarm, AlarmBacktest
from civicloop.apps.issues.queries import last_appeal_day
from civicloop.apps.issues.shown import without_hidden_events
from civicloop.web.issues.alarm_words import (
    alarm_chart,
    alarm_words,
    bound_words,
    plain_beside,
)
from civicloop.web.issues.forms import BacktestForm
from civicloop.web.requests import HtmxRequest, actor_of
from civicloop.web.templatetags.wording import day

MOST_APPEALS = 100_000  # of a back-test that a page may wait for; about five seconds


@require_safe
def alarm_list(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    check = last_alarm_check()
    context: dict[str, object] = {"check": check, "shown_days": SHOWN_DAYS}
    if check:
        context["alarms"] = [
            alarm_words(alarm, today=check.day) for alarm in alarms_until(check.day)
        ]
        context["writers"] = [
            alarm_words(alarm, today=check.day) for alarm in busy_writers_until(check.day)
        ]
        context["slow_matters"] = slow_burners_on(check.day)
    return render(request, "issues/alarm_list.html", context)


@require_safe
def alarm(request: HtmxRequest, alarm_id: int) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    alarms = without_hidden_events(Alarm.objects.all(), "event")
    shown = get_object_or_404(alarms.select_related("topic", "area", "event"), pk=alarm_id)
    if not without_accusing_writers([shown]):
        raise Http404
    check = last_alarm_check()
    told_on = alarms_of_series(shown)
    context = {
        "words": alarm_words(shown, today=check.day if check else shown.day),
        "alarm": shown,
        "bound": bound_words(shown.bound) if shown.bound is not None else "",
        "first_day": shown.day - timedelta(days=shown.window_days - 1),
        "chart": alarm_chart(shown, told_on),
        "told_on": [day for day in told_on if day != shown.day],
        "days_lead_to": _list_of(shown),
        "days_lead_at": "#members-title" if shown.event_id else "",
    }
    return render(request, "issues/alarm.html", context)


def _list_of(alarm: Alarm) -> str:
    """The address of the appeals that an alarm counts, which days narrow; "" where no list has them."""
    if alarm.event_id:
        return reverse("issues:event", args=[alarm.event_id]) + "?"
    if not alarm.topic_id:
        return ""
    asked = {"topic": alarm.topic_id} | ({"area": alarm.area_id} if alarm.area_id else {})
    return f"{reverse('intake:appeal_list')}?{urlencode(asked)}&"


@require_http_methods(["GET", "HEAD", "POST"])
def backtest(request: HtmxRequest) -> HttpResponse:
    """A form for days and a bound; the result is kept, so that looking again costs nothing."""
    require(request.user, Action.VIEW_APPEALS)
    if request.method == "POST":
        return _run(request)
    kept = backtests()
    chosen = _chosen(request.GET.get("shown", ""), kept)
    return _backtest_page(request, _first_form(chosen), chosen)


def _run(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.RUN_BACKTEST)
    form = BacktestForm(request.POST)
    if not form.is_valid():
        return _backtest_page(request, form, None)
    asked = form.cleaned_data
    try:
        first_day, last_day = known_part(asked["first_day"], asked["last_day"])
        if appeals_between(first_day - timedelta(days=HISTORY_DAYS), last_day) > MOST_APPEALS:
            return _backtest_page(request, form, None, too_large=True)
        done = run_backtest(**asked, now=timezone.now(), actor=actor_of(request))
    except TooLittleHistoryError:
        return _backtest_page(request, form, None, too_little=True)
    except NoAppealsInDaysError as error:
        form.add_error(
            "first_day",
            _("No appeals of these days are known; they reach from %(first)s to %(last)s.")
            % {"first": day(error.first_known), "last": day(error.last_known)},
        )
        return _backtest_page(request, form, None)
    if (done.first_day, done.last_day) != (asked["first_day"], asked["last_day"]):
        words = _("Looked at were %(first)s to %(last)s, as far as the appeals reach.")
        days = {"first": day(done.first_day), "last": day(done.last_day)}
        messages.info(request, words % days)
    return redirect(f"{reverse('issues:backtest')}?shown={done.pk}")


def _chosen(number: str, kept: list[AlarmBacktest]) -> AlarmBacktest | None:
    """The back-test that the address names, or the newest."""
    if not number:
        return kept[0] if kept else None
    for known in kept:
        if str(known.pk) == number:
            return known
    raise Http404


def _first_form(chosen: AlarmBacktest | None) -> BacktestForm:
    if chosen:
        names = ("first_day", "last_day", "per_week")
        return BacktestForm(initial={name: getattr(chosen, name) for name in names})
    last_day = last_appeal_day() or timezone.localdate()
    first_day = last_day - timedelta(days=BACKTEST_DAYS - 1)
    initial = {"first_day": first_day, "last_day": last_day, "per_week": USUAL_PER_WEEK}
    return BacktestForm(initial=initial)


def _backtest_page(
    request: HtmxRequest,
    form: BacktestForm,
    chosen: AlarmBacktest | None,
    *,
    too_large: bool = False,
    too_little: bool = False,
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "shown": chosen,
        "kept": backtests(),
        "too_large": too_large,
        "too_little": too_little,
    }
    if chosen:
        result, alarm_count = shown_of_backtest(chosen)
        context |= {
            "result": result,
            "alarm_count": alarm_count,
            "first_day": date.fromisoformat(result["first_day"]),
            "rate": alarm_count / result["weeks"],
            "plain_beside": plain_beside(result),
            "alarms": [
                each | {"day": date.fromisoformat(each["day"])} for each in result["alarms"]
            ],
        }
    return render(request, "issues/backtest.html", context, status=422 if form.errors else 200)
