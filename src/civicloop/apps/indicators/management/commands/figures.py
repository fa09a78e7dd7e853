from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.analytics.candidates_on_spark import SparkUnavailableError
from civicloop.apps.air.verifying import verify_air
from civicloop.apps.command import ExplainedCommand
from civicloop.apps.indicators.definitions import definition_in
from civicloop.apps.indicators.models import Figure
from civicloop.apps.indicators.queries.board import board
from civicloop.apps.indicators.queries.newest import published_figures
from civicloop.apps.indicators.queries.tracing import trace
from civicloop.apps.indicators.shown.asked import the_city
from civicloop.apps.indicators.tracing_words import word_trace
from civicloop.apps.indicators.verifying import Verified, verify_figures
from civicloop.apps.indicators.wording import word_departure, word_doubt
from civicloop.apps.indicators.words import (
    LIGHTS,
    title_of,
    word_change,
    word_place,
    word_value,
)
from civicloop.engines.indicators.guards import Doubt

EXAMPLES = """examples:
  civicloop figures board --area 140200000000      the newest figure of each indicator
  civicloop figures show air.good_share --area 140200000000 --period 2023-01/P10M
                                                   definition, inputs, rows behind one figure
  civicloop figures verify                         does every published figure follow from what it was made from?
"""
SHOWN = 20


class Command(ExplainedCommand):
    summary = gettext_lazy(
        "Show figures and the way back to their rows; verify that all of them follow."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["board", "show", "verify"])
        parser.add_argument("code", nargs="?", default="", metavar="INDICATOR")
        parser.add_argument(
            "--area", default="", help=_("code of an area; default: the whole city")
        )
        parser.add_argument(
            "--period", default="", help=_("such as 2023-10, 2023-01/P10M, 2023-Q3, 2023")
        )

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        getattr(self, f"_{what}")(options)

    def _board(self, options: dict[str, Any]) -> None:
        city = the_city().code
        area = options["area"] or city
        cards = board(timezone.localdate(), area=area, is_whole=area == city)
        if not cards:
            raise CommandError(
                _("No figure of this area is published yet: civicloop indicators compute.")
            )
        for card in cards:
            self._line(card.figure)
            if card.stale_since:
                doubt = {"code": Doubt.STALE, "day": str(card.stale_since)}
                self.stdout.write(f"    {word_doubt(doubt)}")

    def _show(self, options: dict[str, Any]) -> None:
        asked = {"period": options["period"]} if options["period"] else {}
        figures = published_figures([options["code"]], area=options["area"], **asked)
        if not figures:
            raise CommandError(_("There is no such figure: look at civicloop figures board."))
        figure = max(figures, key=lambda each: (each.last_day, each.pk))
        self._line(figure)
        for line in word_trace(trace(figure, limit=SHOWN)):
            self.stdout.write(f"    {line}")

    def _line(self, figure: Figure) -> None:
        definition = definition_in(figure.definition)
        first = figure.comparisons[0]
        light = LIGHTS[figure.light] if figure.light else ""
        words = [word_value(figure, definition), word_change(first), word_place(figure), str(light)]
        told = _("; ").join(word for word in words if word)
        self.stdout.write(
            f"{figure.code} {figure.area} {figure.period}  {title_of(definition)}: {told}"
        )

    def _verify(self, options: dict[str, Any]) -> None:
        try:
            runs = list(verify_figures(settings.ROW_ENGINE))
        except SparkUnavailableError as error:
            raise CommandError(str(error)) from None
        departed = 0
        for verified in runs:
            departed += len(verified.departed)
            self._tell(verified)
        is_air_good = self._verify_air()
        count = sum(verified.figure_count for verified in runs)
        words = {"count": f"{count:,}", "runs": len(runs), "departed": f"{departed:,}"}
        if is_air_good and all(verified.is_good for verified in runs):
            self.stdout.write(
                _("%(count)s published figures of %(runs)s computations: all follow.") % words
            )
            return
        if departed:
            told = _(
                "%(departed)s of %(count)s published figures do not follow; look at what is named above."
            )
        elif any(verified.faults for verified in runs):
            told = _(
                "What published figures were made from was changed, though %(count)s of them can still be worked out from the files of facts; look at what is named above."
            )
        else:
            told = _(
                "All %(count)s published figures follow, but days or periods of air do not; look at what is named above."
            )
        raise CommandError(told % words)

    def _verify_air(self) -> bool:
        """Days and periods of air are figures too, whether or not an indicator reads them."""
        cities = list(verify_air())
        for verified in cities:
            for place, reason in verified.departed[:SHOWN]:
                self.stderr.write(f"{verified.city} {place}: {word_departure(reason)}")
            self._tell_more(len(verified.departed))
        if cities:
            self.stdout.write(
                _(
                    "%(days)s days and %(periods)s periods of air of %(cities)s cities: %(departed)s do not follow."
                )
                % {
                    "days": f"{sum(each.day_count for each in cities):,}",
                    "periods": f"{sum(each.period_count for each in cities):,}",
                    "cities": len(cities),
                    "departed": f"{sum(len({place for place, _ in each.departed}) for each in cities):,}",
                }
            )
        return not any(each.departed for each in cities)

    def _tell(self, verified: Verified) -> None:
        for fault in verified.faults:
            self.stderr.write(f"#{verified.run.pk}: {word_departure(fault)}")
        for figure, reasons in verified.departed[:SHOWN]:
            for reason in reasons:
                place = f"{figure.code} {figure.area} {figure.period}".replace("  ", " ")
                self.stderr.write(f"#{verified.run.pk} {place}: {word_departure(reason)}")
        self._tell_more(len(verified.departed))

    def _tell_more(self, count: int) -> None:
        more = count - SHOWN
        if more > 0:
            self.stderr.write(_("  and %(count)s more") % {"count": f"{more:,}"})
