"""Warn early: which topics, places and matters stand above what chance explains, day by day.

A day is judged by what was received of it against what is expected of the whole day, so that a check at any
hour keeps the bound; a back-test is the same calculation over many days. The reader sets how many false alarms a week are allowed; the bound on each test follows.
The method is told in docs/methods/early-warning.md.

Source: own work; windows of several lengths as in the temporal scan statistic, Wallenstein and Neff
1987, Statistics in Medicine 6, here with the bound divided among the windows.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from civicloop.engines.hotness.alarm_values import (
    LEAST_HISTORY_DAYS,
    LEAST_PEOPLE,
    NOTHING,
    WEEK,
    WHOLE_CITY,
    WINDOWS,
    Alarm,
    AlarmCurve,
    AlarmInputError,
    AppealFacts,
    Floats,
    Ints,
    Watch,
)
from civicloop.engines.hotness.baseline import Baseline, Expected
from civicloop.engines.hotness.counting import Cells, Sums, count_people
from civicloop.engines.hotness.laws import Law, corrected
from civicloop.engines.hotness.matters import FIT_DAYS, Joining, fit_joining
from civicloop.engines.hotness.sieve import Candidate, Episode, Sieve
from civicloop.engines.hotness.tails import tail, threshold_of, upper_limit

PER_WEEK = 2.0  # false alarms that are allowed unless the reader says otherwise
UNUSUAL = 0.001  # people above expectation on days less likely than this are not learned from
TOPIC_SHARE = 0.5  # of the false alarms that are allowed; the rest is for matters
CURVE_DAYS = 63  # shown up to the day of an alarm
UPPER_CHANCE = 0.01  # of more than the upper line of the curve
AT_RISK_DAYS = 35  # a matter silent for longer begins anew


def watch(
    facts: AppealFacts, *, first_day: int, last_day: int, per_week: float = PER_WEEK
) -> Watch:
    """Return the alarms that would have been raised on the days ``first_day`` to ``last_day``.

    Args:
        facts: Appeals with at least 63 days before ``last_day``; a year and ten weeks before
            ``first_day`` let the season be known.
        first_day: First day on which an alarm counts, in days of the facts; the first 63 days
            of the facts are only learned from.
        last_day: Last day on which an alarm counts; days after the last appeal were quiet.
        per_week: Expected false alarms per week that are allowed, above 0.

    Raises:
        AlarmInputError: Too little history, or a budget that is not above 0.
    """
    if not 0 < per_week < np.inf:
        raise AlarmInputError(f"false alarms per week must be above 0: {per_week}")
    if last_day < LEAST_HISTORY_DAYS:
        raise AlarmInputError(f"needs {LEAST_HISTORY_DAYS} days of history, got {last_day}")
    first_day = max(first_day, LEAST_HISTORY_DAYS)
    return _Watcher(facts, per_week, days=last_day + 1).run(first_day, last_day)


class _Week:
    """What is expected of one week, and the bound that the budget allows in it."""

    def __init__(self, expected: Expected, joining: Joining) -> None:
        self.expected = expected
        self.joining = joining
        self.bounds = (0.0, 0.0)  # of topics, of matters; nothing is told in a week of learning


class _Told(NamedTuple):
    """An alarm with what was expected of its series when it was told."""

    episode: Episode
    bound: float
    rate: float  # people per expected appeal of the city; of a matter: per day
    size: float


class _Watcher:
    """Goes through the weeks: learn, set the bound, test each series with an appeal that day."""

    windows = WINDOWS

    def __init__(self, facts: AppealFacts, per_week: float, *, days: int) -> None:
        self._facts = facts
        self._budget = per_week / WEEK
        self._cells = cells = count_people(facts)
        self._people = Sums.of(cells, cells.people)
        self._appeals = Sums.of(cells, cells.appeals)
        self._by_day = np.argsort(cells.day, kind="stable")
        self._day_starts = np.searchsorted(
            cells.day[self._by_day], np.arange(cells.days + 2 * WEEK)
        )
        self._kept = np.ones(len(cells.day))  # share of a cell's people that is learned from
        totals = np.bincount(facts.day, minlength=max(cells.days, days)).astype(np.float64)
        self._topics = cells.events_from // cells.places
        self._baseline = Baseline(totals, topics=self._topics, places=cells.places)
        self._first_days = _first_days(cells)
        self._joined = self._joined_in_time()
        self._sieve = Sieve(facts, cells, self)
        self._week: _Week

    def run(self, first_day: int, last_day: int) -> Watch:
        told: list[_Told] = []
        series: list[float] = []
        for start in range(LEAST_HISTORY_DAYS, last_day + 1, WEEK):
            self._learn_until(start)
            self._week = self._expect(start)
            if start + WEEK > first_day:
                series.append(self._set_bound(start))
            candidates = self._candidates(start)
            for day in range(max(start, first_day), min(start + WEEK, last_day + 1)):
                today = [candidate for candidate in candidates if candidate.day == day]
                new = self._sieve.tell(day, today)
                told += [self._told(episode) for episode in new]
        return Watch(
            alarms=[self._alarm(each, last_day) for each in told],
            series=round(sum(series) / max(len(series), 1)),
            first_day=first_day,
            last_day=last_day,
        )

    # --- learning -----------------------------------------------------------------------------

    def _learn_until(self, start: int) -> None:
        """Learn the week before the last; before the first week, every week before it."""
        is_first = start == LEAST_HISTORY_DAYS
        for week in range(0 if is_first else start - 2 * WEEK, start - WEEK, WEEK):
            self._baseline.add_week(week, self._week_people(week))

    def _week_people(self, start: int) -> Floats:
        """People of a week per topic and place, without holidays and past bursts."""
        cells = self._cells
        chosen = self._cells_of(start, start + WEEK)
        chosen = chosen[cells.series[chosen] < cells.events_from]
        usual = self._baseline.city.is_usual[cells.day[chosen]]
        weights = cells.people[chosen] * self._kept[chosen] * usual
        people: Floats = np.bincount(
            cells.series[chosen], weights=weights, minlength=cells.events_from
        ).astype(np.float64)
        return people.reshape(self._topics, cells.places)

    def _daily_people(self, start: int) -> Floats:
        """People of a week per topic and day in the whole city, without past bursts."""
        cells = self._cells
        chosen = self._cells_of(start, start + WEEK)
        is_city = (cells.series[chosen] < cells.events_from) & (
            cells.series[chosen] % cells.places == WHOLE_CITY
        )
        chosen = chosen[is_city]
        place = cells.series[chosen] // cells.places * WEEK + cells.day[chosen] - start
        weights = cells.people[chosen] * self._kept[chosen]
        people: Floats = np.bincount(place, weights=weights, minlength=self._topics * WEEK).astype(
            np.float64
        )
        return people.reshape(self._topics, WEEK)

    def _cells_of(self, first: int, end: int) -> Ints:
        starts = self._day_starts
        last = len(starts) - 1
        return self._by_day[starts[min(max(first, 0), last)] : starts[min(max(end, 0), last)]]

    def _joined_in_time(self) -> Floats:
        """How many joined each matter within four weeks, in the order of the first days."""
        matters = np.arange(len(self._first_days))
        series = self._cells.events_from + matters
        people = self._people.between(series, self._first_days, self._first_days + FIT_DAYS - 1)
        return people - 1

    def _expect(self, start: int) -> _Week:
        first = self._first_days
        grown = (first >= start - 364) & (first < start - WEEK - FIT_DAYS)
        return _Week(self._baseline.expect(start), fit_joining(self._joined[grown]))

    def _set_bound(self, start: int) -> float:
        """Share the budget out among the tests of a day; return how many there are."""
        topics, matters = self._topic_chances(), self._matter_chances(start)
        self._week.bounds = (
            threshold_of(*topics, self._budget * TOPIC_SHARE),
            threshold_of(*matters, self._budget * (1 - TOPIC_SHARE)),
        )
        return float(topics[1].sum() + matters[1].sum())

    def _topic_chances(self) -> tuple[Floats, Floats]:
        """The chance that each topic and place can alarm on a day, and how often each is tested."""
        days = self._week.expected.appeals
        today = float(days.max() / max(days.sum(), 1e-9))  # share of the week's busiest day
        mean, size = self._week.expected.of_week()
        chances = _alarm_chance(lambda least: tail(np.full_like(mean, least), mean, size), today)
        return chances, np.ones(len(chances))

    def _matter_chances(self, start: int) -> tuple[Floats, Floats]:
        """The same for the matters known and for the new ones of a day."""
        matters = self._matters_at_risk(start)
        series = self._cells.events_from + matters
        seen = self._people.between(series, np.zeros_like(series), np.full_like(series, start - 1))
        age = (start - self._first_days[matters]).astype(np.float64)
        join = self._week.joining.chance
        known = _alarm_chance(
            lambda least: join(np.full_like(seen, least), seen - 1, age, np.full_like(seen, WEEK)),
            1 / WEEK,
        )
        first = self._first_days
        new_per_day = ((first >= start - FIT_DAYS) & (first < start)).sum() / FIT_DAYS
        one = np.ones(1)
        new = join(one * (LEAST_PEOPLE - 1), -one, 0 * one, one * WEEK)
        return np.concatenate([known, new]), np.append(np.ones(len(known)), new_per_day)

    def _matters_at_risk(self, start: int) -> Ints:
        series = self._cells.series[self._cells_of(start - AT_RISK_DAYS, start)]
        return np.unique(series[series >= self._cells.events_from]) - self._cells.events_from

    # --- testing ------------------------------------------------------------------------------

    def _candidates(self, start: int) -> list[Candidate]:
        """Test every series on each of its days of the week; leave out of the learning what stands out."""
        cells = self._cells
        chosen = self._cells_of(start, start + WEEK)
        series, day = cells.series[chosen], cells.day[chosen]
        in_week = self._people.between(series, day - WEEK + 1, day)
        chosen, series, day = (each[in_week >= LEAST_PEOPLE] for each in (chosen, series, day))
        people = np.stack([self._people.between(series, day - w + 1, day) for w in WINDOWS])
        laws = self._laws(series, day)
        chances = np.stack([law.chance(n) for law, n in zip(laws, people, strict=True)])
        means = np.stack([law.expected for law in laws])
        best = chances.argmin(axis=0)
        column = np.arange(len(chosen))
        score = corrected(chances[best, column], laws, largest=max(*self._week.bounds, UNUSUAL))
        self._forget(
            chosen, score, people[best, column], means[best, column], np.array(WINDOWS)[best]
        )
        self._baseline.check_week(self._week.expected, self._daily_people(start))
        is_topic = series < cells.events_from
        told = np.flatnonzero(score <= np.where(is_topic, *self._week.bounds))
        return [
            Candidate(
                score=float(score[i]),
                cell=int(chosen[i]),
                series=int(series[i]),
                day=int(day[i]),
                window_days=WINDOWS[best[i]],
                amount=int(people[best[i], i]),
                expected=float(means[best[i], i]),
            )
            for i in told
        ]

    def _laws(self, series: Ints, day: Ints) -> list[Law]:
        """What the people of each window that ends on the days follow if nothing happens."""
        is_topic = series < self._cells.events_from
        laws = []
        for window in WINDOWS:
            law = Law(*(np.ones(len(series)) for _ in Law._fields))
            for chosen, found in (
                (is_topic, self._law_of_topics(series[is_topic], day[is_topic], window)),
                (~is_topic, self._law_of_matters(series[~is_topic], day[~is_topic], window)),
            ):
                for column, values in zip(law, found, strict=True):
                    column[chosen] = values
            laws.append(law)
        return laws

    def _law_of_topics(self, series: Ints, day: Ints, window: int) -> Law:
        exposure = self._window_appeals(day, window)
        mean, size = self._week.expected.of(series, exposure, WINDOWS.index(window))
        return Law(np.zeros(len(series)), mean, size)

    def _law_of_matters(self, series: Ints, day: Ints, window: int) -> Law:
        """The first citizen of a matter did not join it, and is taken for granted."""
        start = day - window + 1
        before = self._people.between(series, np.zeros_like(start), start - 1)
        age = (start - self._first_days[series - self._cells.events_from]).astype(np.float64)
        mean = self._week.joining.expected(before - 1, age, np.full(len(series), float(window)))
        return Law((before == 0).astype(np.float64), mean, self._week.joining.size(before - 1))

    def _window_appeals(self, day: Ints, window: int) -> Floats:
        """Appeals of the whole city that were expected in the windows that end on the days."""
        running = np.concatenate([[0.0], np.cumsum(self._baseline.city.expected)])
        total: Floats = running[day + 1] - running[np.maximum(day - window + 1, 0)]
        return total

    def _forget(self, cells: Ints, score: Floats, people: Floats, mean: Floats, days: Ints) -> None:
        """Keep only the expected share of people who came when a series stood out."""
        for i in np.flatnonzero(score <= UNUSUAL):
            cell = int(cells[i])
            day = int(self._cells.day[cell])
            key = self._cells.series[cell] * self._cells.days + max(day - int(days[i]) + 1, 0)
            low = int(np.searchsorted(self._people.keys, key))
            share = min(float(mean[i] / people[i]), 1.0)
            self._kept[low : cell + 1] = np.minimum(self._kept[low : cell + 1], share)

    # --- what the sieve asks --------------------------------------------------------------------

    def bound_of(self, series: int) -> float:
        """The largest chance that raises an alarm."""
        return self._week.bounds[int(series >= self._cells.events_from)]

    def score_again(self, candidate: Candidate, amount: int, ratio: float) -> float:
        """The chance of fewer people, against ``ratio`` times what is expected."""
        laws = [
            law.times(ratio)
            for law in self._laws(np.array([candidate.series]), np.array([candidate.day]))
        ]
        chance = laws[WINDOWS.index(candidate.window_days)].chance(np.array([float(amount)]))
        return float(corrected(chance, laws, largest=max(self._week.bounds))[0])

    def rise(self, series: int, day: int, window_days: int) -> float:
        """The people of a topic's window as a multiple of what is expected."""
        one = np.array([series])
        exposure = self._window_appeals(np.array([day]), window_days)
        mean, _size = self._week.expected.of(one, exposure, WINDOWS.index(window_days))
        people = self._people.between(one, np.array([day - window_days + 1]), np.array([day]))
        return max(float(people[0] / mean[0]), 1.0)

    # --- results ------------------------------------------------------------------------------

    def _told(self, episode: Episode) -> _Told:
        series = np.array([episode.candidate.series])
        bound = self.bound_of(episode.candidate.series)
        if series[0] < self._cells.events_from:
            rate, size = self._week.expected.of(series, np.ones(1), 0)
            return _Told(episode, bound, float(rate[0]), float(size[0]))
        start = np.array([episode.first_day])
        seen = self._people.between(series, np.zeros_like(start), start - 1) - 1
        age = start - self._first_days[series - self._cells.events_from]
        rate = self._week.joining.expected(seen, age.astype(np.float64), np.ones(1))
        size = self._week.joining.size(seen)
        return _Told(episode, bound, float(rate[0]), float(size[0]))

    def _alarm(self, told: _Told, last_day: int) -> Alarm:
        alarm = self._sieve.alarm(told.episode, told.bound)
        first = max(alarm.day - CURVE_DAYS + 1, 0)
        days = np.arange(first, min(max(alarm.day, alarm.last_day + WEEK), last_day) + 1)
        series = np.full(len(days), told.episode.candidate.series)
        if alarm.key.event == NOTHING:
            expected = told.rate * self._baseline.city.expected[days]
        else:
            expected = np.where(days >= self._first_days[alarm.key.event], told.rate, 0.0)
        same = np.ones(len(days))
        upper = upper_limit(expected, told.size * same, UPPER_CHANCE * same)
        curve = AlarmCurve(
            first_day=first,
            people=tuple(self._people.between(series, days, days).astype(np.int64).tolist()),
            expected=tuple(expected.tolist()),
            upper=tuple(upper.tolist()),
        )
        return replace(alarm, curve=curve)


def _alarm_chance(chance: Callable[[int], Floats], today: float) -> Floats:
    """Bound the chance of enough people in a week of whom one came today.

    Of n people, each one's day alike, nobody came today with the chance (1 - today)^n.
    """
    somebody = 1 - (1 - today) ** LEAST_PEOPLE
    least, more = chance(LEAST_PEOPLE), chance(LEAST_PEOPLE + 1)
    return somebody * least + (1 - somebody) * more


def _first_days(cells: Cells) -> Ints:
    """The day of the first appeal of each matter, by its number; a number without appeals: never."""
    is_event = cells.series >= cells.events_from
    matter, first = np.unique(cells.series[is_event] - cells.events_from, return_index=True)
    days = np.full(int(matter.max(initial=NOTHING)) + 1, np.iinfo(np.int64).max // 4)
    days[matter] = cells.day[is_event][first]
    return days
