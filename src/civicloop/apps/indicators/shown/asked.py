"""What somebody asks for: an area, a month, a series as known on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from django.utils import timezone

from civicloop.apps.air.models import AirCity
from civicloop.apps.indicators.definitions import current_definitions
from civicloop.apps.indicators.goal_targets import GoalTargets, goal_targets
from civicloop.apps.indicators.models import DefinitionVersion, Figure
from civicloop.apps.indicators.queries.history import History, history
from civicloop.apps.indicators.queries.series import hidden_areas, hidden_periods, series_there_are
from civicloop.apps.indicators.shown.defining import titles_of
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.indicators.facts import WHOLE
from civicloop.engines.indicators.formulas import has_whole
from civicloop.engines.indicators.periods import Month, NotAPeriodError, PeriodKind, read_period

MONTHS_OFFERED = 24


@dataclass(frozen=True, kw_only=True)
class City:
    """The city and its counties; peers elsewhere have a name if their air is kept."""

    areas: Sequence[Area]

    @property
    def code(self) -> str:
        """The city's code, "" before areas are known."""
        cities = [each.code for each in self.areas if each.level == AreaLevel.CITY]
        return cities[0] if cities else WHOLE

    def name(self, code: str) -> str:
        """The name of an area, or its code; the whole is the city."""
        code = code or self.code
        return self._names.get(code) or self._names_elsewhere.get(code, code)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {each.code: each.name for each in self.areas}

    @cached_property
    def _names_elsewhere(self) -> Mapping[str, str]:
        """Asked for only if somebody speaks of another city."""
        return dict(AirCity.objects.exclude(area="").values_list("area", "name"))

    def choices(self) -> list[Area]:
        """The areas that a board can be asked for."""
        return [each for each in self.areas if each.level != AreaLevel.PROVINCE]

    def asked(self, code: str) -> str:
        """The area asked for, else the city."""
        return code if code in {each.code for each in self.choices()} else self.code


def the_city() -> City:
    """The city with its counties and its province, by one statement."""
    levels = (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.COUNTY)
    return City(areas=list(Area.objects.filter(level__in=levels).order_by("code")))


def month_named(text: str) -> Month | None:
    """2026-10; None for everything else."""
    try:
        period = read_period(text)
    except NotAPeriodError:
        return None
    return period.last if period.kind is PeriodKind.MONTH else None


def months_to(last: Month) -> list[Month]:
    """The months that a board is offered for, the newest first."""
    return [Month.numbered(last.number - back) for back in range(MONTHS_OFFERED)]


def indicator_choices() -> list[tuple[str, str]]:
    """All indicators in force, by title."""
    titles = titles_of(current_definitions())
    return sorted(titles.items(), key=lambda each: each[0])


class NoIndicatorError(LookupError):
    """No indicator has this code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSeries:
    """A series that somebody asks for."""

    city: City
    version: DefinitionVersion
    definition: Definition
    titles: Mapping[str, str]  # of all indicators
    series: Mapping[str, Sequence[PeriodKind]]  # those that there are, by area
    area: str
    kind: PeriodKind
    known_day: date | None
    known_at: datetime | None  # its end; None: as known now

    def history(self) -> History:
        """What happened to it."""
        return history(self.definition, area=self.area, kind=self.kind, known_at=self.known_at)

    def hidden(self) -> Collection[str]:
        """The periods that the public does not see."""
        return hidden_periods(
            self.definition, area=self.area, kind=self.kind, known_at=self.known_at
        )

    def hidden_areas(self, figure: Figure) -> Collection[str]:
        """The areas of which the public does not see what they have in the period of a figure."""
        return hidden_areas(self.definition, figure, known_at=self.known_at)

    def goals(self) -> GoalTargets:
        """The targets that trees of goals set."""
        return goal_targets(known_at=self.known_at)


def series_asked(code: str, *, area: str | None, kind: str, known: str) -> AskedSeries:
    """Return the series asked for, as far as there is such a one; else the usual one.

    Raises:
        NoIndicatorError: there is no such indicator.
    """
    known_definitions = current_definitions()
    found = next(((v, d) for v, d in known_definitions.items() if d.code == code), None)
    if found is None:
        raise NoIndicatorError(code)
    city, series = the_city(), series_there_are(code) or {WHOLE: [PeriodKind.MONTH]}
    by_code = {each.code: each for each in known_definitions.values()}
    usual = [WHOLE, city.code] if has_whole(found[1], by_code) else [city.code, WHOLE]
    wanted = [usual[0] if area is None else area, *usual, *series]
    chosen = next(each for each in wanted if each in series)
    kinds = series[chosen]
    day, known_at = _end_of(known)
    return AskedSeries(
        city=city,
        version=found[0],
        definition=found[1],
        titles=titles_of(known_definitions),
        series=series,
        area=chosen,
        kind=next((each for each in kinds if each == kind), kinds[0]),
        known_day=day,
        known_at=known_at,
    )


def _end_of(text: str) -> tuple[date | None, datetime | None]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, None
    return day, timezone.make_aware(datetime.combine(day, time.max))
