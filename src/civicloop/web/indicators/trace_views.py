"""Where a number comes from: formula, inputs, rows, file and cell, or the appeals."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.indicators.definitions import current_definitions, definition_in
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.behind import records_behind
from civicloop.apps.indicators.queries.series import is_change_hidden, is_hidden
from civicloop.apps.indicators.queries.tracing import ROWS, trace
from civicloop.apps.indicators.shown.asked import the_city
from civicloop.apps.indicators.shown.cards import hidden_words
from civicloop.apps.indicators.shown.defining import facts_of, formula_of, titles_of
from civicloop.apps.indicators.shown.words import change_words, place_words, word_period
from civicloop.apps.indicators.snapshots import LostFactsError
from civicloop.apps.indicators.wording import word_doubt
from civicloop.apps.indicators.words import title_of, word_basis, word_value
from civicloop.web.requests import HtmxRequest, actor_of, is_number

MOST_ROWS = 10**9


@require_safe
def figure(request: HtmxRequest, figure_id: int) -> HttpResponse:
    """One published figure, for ever at this address, with the way back to its rows."""
    require(request.user, Action.VIEW_INDICATORS)
    published = Figure.objects.filter(pk=figure_id, run__is_published=True)
    shown = published.select_related("run", "definition").first()
    if shown is None:
        raise Http404
    definition = definition_in(shown.definition)
    sees_all = may(request.user, Action.SEE_SMALL_COUNTS)
    is_shown = sees_all or not is_hidden(shown, definition)
    sees_changes = sees_all or not is_change_hidden(shown, definition)
    city = the_city()
    newer = Figure.objects.filter(
        run__is_published=True, code=shown.code, area=shown.area, period=shown.period, pk__gt=shown.pk
    )  # fmt: skip
    context = {
        "figure": shown,
        "title": title_of(definition),
        "area_name": city.name(shown.area),
        "period": word_period(shown.period),
        "value": word_value(shown, definition) if is_shown else hidden_words(definition),
        "is_shown": is_shown,
        "changes": change_words(shown, definition) if is_shown and sees_changes else [],
        "basis": word_basis(shown.basis, definition),
        "place": place_words(shown, definition) if is_shown else "",
        "formula": formula_of(shown.definition, definition, titles_of(current_definitions())),
        "facts": facts_of(shown.definition, definition),
        "newer": newer.order_by("-pk").first(),
        "doubts": [word_doubt(each) for each in shown.doubts] if sees_all else [],
    }
    if is_shown:
        is_about_few = bool(definition.smallest_published)
        context |= _inputs(
            request, shown, hides_rows=is_about_few and not sees_all, sees_all=sees_all
        )
    return render(request, "indicators/figure.html", context)


def _inputs(
    request: HtmxRequest, shown: Figure, *, hides_rows: bool, sees_all: bool
) -> dict[str, object]:
    """Files, stated values, used figures and rows; rows of members are for those who may see them."""
    asked = request.GET.get("after", "")
    after = min(int(asked), MOST_ROWS) if is_number(asked) else 0
    try:
        found = trace(shown, limit=ROWS + 1, skip=after)
    except (LostFactsError, OSError, ValueError):  # gone, or torn: what Arrow says of half a file
        return {"is_lost": True}
    return {
        "parts": found.parts,
        "observations": found.observations,
        "uses": [
            (name, used, is_hidden(used, definition_in(used.definition)) and not sees_all)
            for name, used in found.uses.items()
        ],
        "rows": [] if hides_rows else records_behind(found.rows[:ROWS], actor_of(request)),
        "hides_rows": hides_rows and bool(found.rows),
        "rows_shown": (after + 1, after + len(found.rows[:ROWS])),
        "earlier": max(after - ROWS, 0) if after else None,
        "next": after + ROWS if len(found.rows) > ROWS else None,
    }
