"""The plain z-score that is customary in the field, as a yardstick for the early warning.

The appeals of the last seven days against mean and standard deviation of the eight weeks before, on the same
series, told once per burst like the early warning. It knows no season, counts appeals and not people, and
has no bound: its threshold is set by what it is compared with.

Source: Hutwagner et al. 2003, "The bioterrorism preparedness and response Early Aberration Reporting
System (EARS)", J. Urban Health 80, with weeks for days.
"""

from collections.abc import Callable

import numpy as np

from civicloop.engines.hotness.alarm_values import (
    LEAST_HISTORY_DAYS,
    LEAST_PEOPLE,
    WEEK,
    Alarm,
    AppealFacts,
    Floats,
    Ints,
)
from civicloop.engines.hotness.counting import Sums, count_people
from civicloop.engines.hotness.sieve import Candidate, Sieve

BASELINE_WEEKS = 8
LEAST_DEVIATION = 0.5  # appeals; a silent series deviates by nothing
FIRST_TRIED = 64  # candidates; doubled until enough is told


class PlainWatch:
    """The z-scores of some days, once; alarms for any threshold."""

    windows = (WEEK,)

    def __init__(self, facts: AppealFacts, *, first_day: int, last_day: int) -> None:
        """Score the days ``first_day`` to ``last_day``; the first 63 days of the facts are left out."""
        self._facts = facts
        self._cells = count_people(facts)
        self._appeals = Sums.of(self._cells, self._cells.appeals)
        self._first = max(first_day, LEAST_HISTORY_DAYS)
        self._last = last_day
        self._candidates = self._scored()
        self._threshold = np.inf

    def alarms(self, threshold: float) -> list[Alarm]:
        """Return the alarms with a z-score of at least ``threshold``."""
        self._threshold = threshold
        limit = int(np.searchsorted([c.score for c in self._candidates], -threshold, side="right"))
        by_day: dict[int, list[Candidate]] = {}
        for candidate in self._candidates[:limit]:
            by_day.setdefault(candidate.day, []).append(candidate)
        sieve = Sieve(self._facts, self._cells, self, counts_people=False)
        told = [episode for day in sorted(by_day) for episode in sieve.tell(day, by_day[day])]
        return [sieve.alarm(episode, -threshold) for episode in told]

    def loosest(self, is_allowed: Callable[[list[Alarm]], bool]) -> list[Alarm]:
        """Return the alarms of the lowest threshold whose alarms are allowed.

        Thresholds are tried at the z-scores met, by doubling and then halving; more alarms should
        never be allowed where fewer are not.
        """
        low, high = 0, min(FIRST_TRIED, len(self._candidates))
        best: list[Alarm] = []
        while low < high and is_allowed(tried := self._reached_by(high)):
            best, low, high = tried, high, min(2 * high, len(self._candidates))
        while high - low > 1:
            middle = (low + high) // 2
            if is_allowed(tried := self._reached_by(middle)):
                best, low = tried, middle
            else:
                high = middle
        return best

    def _reached_by(self, count: int) -> list[Alarm]:
        """Return the alarms of the threshold that so many candidates reach."""
        return self.alarms(-self._candidates[count - 1].score)

    def _scored(self) -> list[Candidate]:
        cells = self._cells
        chosen = np.flatnonzero((cells.day >= self._first) & (cells.day <= self._last))
        week = self._week_of(cells.series[chosen], cells.day[chosen])
        chosen, week = chosen[week >= LEAST_PEOPLE], week[week >= LEAST_PEOPLE]
        mean, deviation = self._before(cells.series[chosen], cells.day[chosen])
        z_scores = (week - mean) / deviation
        order = np.argsort(-z_scores, kind="stable")
        return [
            Candidate(
                score=-float(z_scores[i]),
                cell=int(chosen[i]),
                series=int(cells.series[chosen[i]]),
                day=int(cells.day[chosen[i]]),
                window_days=WEEK,
                amount=int(week[i]),
                expected=float(mean[i]),
            )
            for i in order[z_scores[order] > 0]
        ]

    def _week_of(self, series: Ints, day: Ints) -> Floats:
        return self._appeals.between(series, day - WEEK + 1, day)

    def _before(self, series: Ints, day: Ints) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the eight weeks before the last."""
        weeks = np.stack(
            [self._week_of(series, day - WEEK * back) for back in range(1, BASELINE_WEEKS + 1)]
        )
        return weeks.mean(axis=0), np.maximum(weeks.std(axis=0, ddof=1), LEAST_DEVIATION)

    def bound_of(self, _series: int, /) -> float:
        """The threshold, negative, for every series."""
        return -self._threshold

    def score_again(self, candidate: Candidate, amount: int, ratio: float) -> float:
        """The z-score, negative, of fewer appeals against ``ratio`` times the mean."""
        if amount < LEAST_PEOPLE:
            return 0.0
        _mean, deviation = self._before(np.array([candidate.series]), np.array([candidate.day]))
        return -(amount - candidate.expected * ratio) / float(deviation[0])

    def rise(self, series: int, day: int, _window_days: int, /) -> float:
        """The appeals of a week as a multiple of the mean week."""
        one, days = np.array([series]), np.array([day])
        mean, deviation = self._before(one, days)
        return max(float(self._week_of(one, days)[0] / max(mean[0], deviation[0])), 1.0)
