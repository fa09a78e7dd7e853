"""What is expected of each topic at each place, learned from earlier weeks only.

Expected people = the city's expected appeals × the topic's rate × the place's share of the topic.

* The city: mean of eight weeks × weekday. Days far below it (holidays) are left out of the history.
* The topic: its people per appeal of the city in eight weeks, drawn a little towards its year, times how
  much it rose at this time last year.
* The place: its share of the topic's people in a year, drawn towards its share of all topics the more,
  the fewer they are; how much is estimated from how far places really differ.
* Past bursts: people above expectation on days that stood out are not learned from.

The last week is never learned from, so that a burst does not hide its own beginning.

Source: own work, after the shrinkage of Clayton and Kaldor 1987, "Empirical Bayes estimates of
age-standardized relative risks for use in disease mapping", Biometrics 43, and the exclusion of past outbreaks
of Farrington et al. 1996, "A statistical algorithm for the early detection of outbreaks", JRSS A 159.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaincc

from civicloop.engines.hotness.alarm_values import (
    LEAST_HISTORY_DAYS,
    WEEK,
    WHOLE_CITY,
    WINDOWS,
    Floats,
    Ints,
)

RECENT_DAYS = 56  # the level is learned from these
YEAR_DAYS = 364  # shares are learned from these; whole weeks
SEASON_DAYS = 10  # on either side of the same week last year
SEASON_PRIOR = 10.0  # people; fewer than these say little about a season
RATE_PRIOR = 5.0  # people by which a topic's recent rate is drawn towards its year
HOLIDAY_RATIO = 0.75  # a day below this share of what is expected …
HOLIDAY_CHANCE = 0.001  # … and less likely than this is a holiday
LARGEST_DAY_RATIO = 1.5  # a day counts at most so many times the median towards the level
UNKNOWN_SEASON = 0.04  # squared relative error while there is no last year: one fifth either way
SPREAD_BOUNDS = (0.01, 2.0)  # of the squared relative variation of a topic beyond chance
FIRST_SPREAD = 0.1
SPREAD_PRIOR = 100.0  # squared people by which a topic is drawn towards all topics
LEAST_TOLD = 1.0  # expected people from which a window tells about the variation
SMALLEST_PRIOR, LARGEST_PRIOR = 2.0, 5_000.0  # people that a place's usual share can be worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Expected people of one week, per topic and place."""

    per_appeal: Floats  # (topics, places) people per expected appeal of the city
    variance: Floats  # (topics, places) squared relative error of that, from what is learned
    spread: Floats  # (windows, topics) squared relative variation beyond chance, per window
    appeals: Floats  # (7,) expected appeals of the city per day of the week

    def of(self, series: Ints, window_appeals: Floats, window: int) -> tuple[Floats, Floats]:
        """Return mean and size of the people of series in windows of so many expected appeals."""
        topics = series // self.per_appeal.shape[1]
        variance = self.variance.ravel()[series] + self.spread[window][topics]
        return self.per_appeal.ravel()[series] * window_appeals, 1 / variance

    def of_week(self) -> tuple[Floats, Floats]:
        """Return mean and size of every topic and place for the whole week."""
        mean = self.per_appeal * self.appeals.sum()
        return mean.ravel(), (1 / (self.variance + self.spread[-1][:, None])).ravel()


@dataclass(slots=True)
class City:
    """Appeals of the whole city per day: weekday, level, holidays."""

    totals: Floats  # (days,)
    expected: Floats = field(init=False)  # (days,) filled as the weeks go by
    is_usual: Floats = field(init=False)  # (days,) 0 on holidays

    def __post_init__(self) -> None:
        self.expected = np.zeros(len(self.totals) + WEEK)
        self.is_usual = np.ones(len(self.totals) + WEEK)
        self._learn(0, LEAST_HISTORY_DAYS, until=LEAST_HISTORY_DAYS)

    def learn_week(self, start: int) -> None:
        """Expect the week that begins on day ``start`` from the days before it."""
        self._learn(start, start + WEEK, until=start)

    def _learn(self, first: int, end: int, *, until: int) -> None:
        known = np.arange(max(until - YEAR_DAYS, 0), min(until, len(self.totals)))
        days = np.arange(first, min(end, len(self.expected)))
        known = known[self.is_usual[known] > 0]
        recent = known[known >= until - RECENT_DAYS]
        if not len(recent):
            self.expected[days] = 0.0
            return
        capped = np.minimum(self.totals, LARGEST_DAY_RATIO * _median(self.totals[recent]))
        weekday = np.array([_mean(capped[known[known % WEEK == d]]) for d in range(WEEK)])
        weekday = weekday / max(weekday.mean(), 1e-9)
        level = capped[recent].sum() / max(weekday[recent % WEEK].sum(), 1e-9)
        self.expected[days] = level * weekday[days % WEEK]
        seen = days[days < len(self.totals)]
        few = self.totals[seen] < HOLIDAY_RATIO * self.expected[seen]
        unlikely = gammaincc(self.totals[seen] + 1, self.expected[seen]) < HOLIDAY_CHANCE
        self.is_usual[seen] = ~(few & unlikely)

    def exposure(self, first: int, end: int) -> float:
        """Expected appeals of the days that are learned from, ``end`` excluded."""
        span = slice(max(first, 0), max(end, 0))
        return float((self.expected[span] * self.is_usual[span]).sum())


def _median(values: Floats) -> float:
    return max(float(np.median(values)), 1.0)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


class Baseline:
    """People per topic and place and week, without bursts; asked week by week."""

    def __init__(self, totals: Floats, *, topics: int, places: int) -> None:
        self.city = City(totals)
        self._shape = (topics, places)
        self._weeks: dict[int, Floats] = {}  # first day of the week → people (topics, places)
        self._year = np.zeros(self._shape)
        self._squares = np.zeros((len(WINDOWS), topics))
        self._weights = np.zeros((len(WINDOWS), topics))

    def add_week(self, start: int, people: Floats) -> None:
        """Learn the week that began on day ``start``; people have shape (topics, places)."""
        self._weeks[start] = people
        self._year += people
        old = self._weeks.get(start - YEAR_DAYS)
        if old is not None:
            self._year -= old

    def expect(self, start: int) -> Expected:
        """Return what is expected of the week from day ``start`` on; it and the week before are not used."""
        self.city.learn_week(start)
        guard = start - WEEK
        year_exposure = max(self.city.exposure(guard - YEAR_DAYS, guard), 1e-9)
        recent_exposure = self.city.exposure(guard - RECENT_DAYS, guard)
        recent = self._people(guard - RECENT_DAYS, guard)
        year = np.maximum(self._year[:, WHOLE_CITY], 0.0)
        usual = (year + 0.5) / year_exposure
        rate = (recent + RATE_PRIOR) / (recent_exposure + RATE_PRIOR / usual)
        season, season_variance = self._season(start)
        share, shape = self._shares()
        topic_variance = 1 / (recent + RATE_PRIOR) + season_variance
        return Expected(
            per_appeal=(rate * season)[:, None] * share,
            variance=topic_variance[:, None] + 1 / shape,
            spread=self._spread(),
            appeals=self.city.expected[start : start + WEEK],
        )

    def check_week(self, expected: Expected, people: Floats) -> None:
        """Compare the people of each topic and day of a week, shape (topics, 7), with what was expected.

        Tells how much topics vary beyond chance in windows of each length.
        """
        rate = expected.per_appeal[:, [WHOLE_CITY]]
        for row, window in enumerate(WINDOWS):
            whole = WEEK // window * window
            days = np.arange(whole).reshape(-1, window)
            mean = rate * expected.appeals[days].sum(axis=1)
            excess = (people[:, days].sum(axis=2) - mean) ** 2 - mean
            told = mean >= LEAST_TOLD
            self._squares[row] += np.where(told, excess, 0.0).sum(axis=1)
            self._weights[row] += np.where(told, mean**2, 0.0).sum(axis=1)

    def _spread(self) -> Floats:
        """Return the variation beyond chance of each window and topic, drawn towards that of all topics."""
        squares, weights = self._squares.sum(axis=1), self._weights.sum(axis=1)
        common = (squares + FIRST_SPREAD * SPREAD_PRIOR) / (weights + SPREAD_PRIOR)
        own = self._squares + np.maximum(common, 0.0)[:, None] * SPREAD_PRIOR
        spread: Floats = np.clip(own / (self._weights + SPREAD_PRIOR), *SPREAD_BOUNDS)
        return spread

    def _people(self, first: int, end: int) -> Floats:
        """People of each topic in the whole city in the weeks that begin in ``first`` to ``end``."""
        weeks = [w[:, WHOLE_CITY] for day, w in self._weeks.items() if first <= day < end]
        return np.sum(weeks, axis=0) if weeks else np.zeros(self._shape[0])

    def _season(self, start: int) -> tuple[Floats, Floats]:
        """Return how much each topic rose a year ago between the same two times, and its variance."""
        then = start - YEAR_DAYS
        before = (then - WEEK - RECENT_DAYS, then - WEEK)
        around = (then - SEASON_DAYS, then + WEEK + SEASON_DAYS)
        if before[0] < 0:
            return np.ones(self._shape[0]), np.full(self._shape[0], UNKNOWN_SEASON)
        variance = 1 / (self._people(*around) + SEASON_PRIOR)
        variance += 1 / (self._people(*before) + SEASON_PRIOR)
        ratio: Floats = self._rate_around(*around) / self._rate_around(*before)
        return ratio, np.minimum(variance, UNKNOWN_SEASON)

    def _rate_around(self, first: int, end: int) -> Floats:
        people, exposure = self._people(first, end), 0.0
        for day in self._weeks:
            if first <= day < end:
                exposure += self.city.exposure(day, day + WEEK)
        year_exposure = max(self.city.exposure(0, max(self._weeks, default=0) + WEEK), 1e-9)
        everything = np.sum([w[:, WHOLE_CITY] for w in self._weeks.values()], axis=0)
        usual = (everything + 0.5) / year_exposure
        rate: Floats = (people + SEASON_PRIOR) / (exposure + SEASON_PRIOR / usual)
        return rate

    def _shares(self) -> tuple[Floats, Floats]:
        """Return each place's share of each topic, and the gamma shape of that share."""
        people = np.maximum(self._year, 0.0)
        whole = people[:, WHOLE_CITY][:, None]
        usual = (people.sum(axis=0) + 0.5) / (whole.sum() + 0.5 * self._shape[1])
        kept = _prior_people(people, whole, usual)
        shape = people + kept * usual
        share = shape / (whole + kept)
        share[:, WHOLE_CITY] = 1.0
        shape[:, WHOLE_CITY] = np.inf
        return share, shape


def _prior_people(people: Floats, whole: Floats, usual: Floats) -> float:
    """Return how many people the usual shares are worth, by moments, over topics and places.

    With shares drawn anew for each topic the squared deviations grow with the square of the topic's
    people; the growth tells how much places differ between topics.
    """
    inside = slice(WHOLE_CITY + 1, None)
    mean = whole * usual[inside]
    noise = mean * (1 - usual[inside])
    excess = float(((people[:, inside] - mean) ** 2 - noise).sum())
    possible = float((noise * np.maximum(whole - 1, 0.0)).sum())
    if excess <= 0 or possible <= 0:
        return LARGEST_PRIOR
    return float(np.clip(possible / excess - 1, SMALLEST_PRIOR, LARGEST_PRIOR))
