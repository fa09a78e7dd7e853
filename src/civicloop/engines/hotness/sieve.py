"""One alert per burst: what goes on is no news, and what another alert explains is not said again.

A burst shows in many series at once: the matter, its topic in the township, the county, the city. The
surest is told, or the matter that makes up half of it. Another one is explained by what was told when

* the appeals left without those of the told series stand out no more (a parent whose child was told), or
* it lies wholly in the told series, and makes up half of it, or rises no more than the whole of it does
  (a child whose parent was told).

Source: own work.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from civicloop.engines.hotness.alarm_values import (
    NOTHING,
    Alarm,
    AppealFacts,
    Bools,
    Ints,
    SeriesKey,
)
from civicloop.engines.hotness.counting import Cells

QUIET_DAYS = 7  # a burst is over when its series has not stood out for so long; no window spans it
SAME_RATIO = 0.5  # a part that makes up so much of the whole is the same burst


class Candidate(NamedTuple):
    """A series that stands out on a day. The lower the score, the surer."""

    score: float
    cell: int
    series: int
    day: int
    window_days: int
    amount: int  # people, or appeals where appeals are counted
    expected: float  # the amount if nothing happened


class Scorer(Protocol):
    """How surely a series stands out."""

    @property
    def windows(self) -> tuple[int, ...]:
        """Return the days that are looked at together."""
        ...

    def bound_of(self, series: int, /) -> float:
        """Return the largest score that is told."""
        ...

    def score_again(self, candidate: Candidate, amount: int, ratio: float) -> float:
        """Score a smaller amount against ``ratio`` times what is expected."""
        ...

    def rise(self, series: int, day: int, window_days: int, /) -> float:
        """Return the amount of the window as a multiple of what is expected."""
        ...


@dataclass(slots=True)
class Episode:
    """A burst that was told."""

    candidate: Candidate
    told_by: int  # row of the appeal with which it stood out
    first_day: int  # of the window in which it stood out first
    last_day: int  # on which it stood out last


class Sieve:
    """Takes the candidates of one day after another and keeps what has to be told."""

    def __init__(
        self, facts: AppealFacts, cells: Cells, scorer: Scorer, *, counts_people: bool = True
    ) -> None:
        self._facts = facts
        self._cells = cells
        self._keys = cells.keys
        self._scorer = scorer
        self._counts_people = counts_people
        self._open: dict[int, Episode] = {}

    def tell(self, day: int, candidates: Iterable[Candidate]) -> list[Episode]:
        """Return the bursts that begin to stand out on the day, surest first."""
        told: list[Episode] = []
        self._open = {s: e for s, e in self._open.items() if day - e.last_day <= QUIET_DAYS}
        ordered = sorted(candidates, key=self._surest_and_narrowest)
        matters = [each for each in ordered if each.series >= self._cells.events_from]
        for candidate in ordered:
            running = self._open.get(candidate.series)
            if running:
                running.last_day = day
            elif not self._is_explained(candidate):
                told += [self._opened(matter) for matter in self._making_up(candidate, matters)]
                if candidate.series not in self._open and not self._is_explained(candidate):
                    told.append(self._opened(candidate))
        return told

    def _opened(self, candidate: Candidate) -> Episode:
        first_day = candidate.day - candidate.window_days + 1
        episode = Episode(candidate, self._told_by(candidate), first_day, candidate.day)
        self._open[candidate.series] = episode
        return episode

    def _told_by(self, candidate: Candidate) -> int:
        """Return the row of the day's first appeal with which the series stands out.

        What is expected is that of the whole day at every hour of it, and counts only grow: a check
        at any hour raises no alarm that the day's end would not, so that the bound holds for all.
        """
        rows, counted = self.rows(candidate.series, candidate.day, candidate.day)
        order = np.argsort(rows, kind="stable")
        so_far = np.cumsum(counted[order] if self._counts_people else np.ones(len(order)))
        at = bisect_left(
            range(len(order) - 1),
            1,
            key=lambda i: int(self._would_be_told(candidate, int(so_far[i]), int(rows[order[i]]))),
        )
        return int(rows[order[at]])

    def _would_be_told(self, candidate: Candidate, today: int, until: int) -> bool:
        """Tell whether some window stands out, unexplained, with so many on its last day up to a row."""
        if not self._stands_out(candidate, today):
            return False
        return not self._is_explained(candidate, until)

    def _stands_out(self, candidate: Candidate, today: int) -> bool:
        bound = self._scorer.bound_of(candidate.series)
        for days in self._scorer.windows:
            before = self._amount(candidate.series, candidate.day - days + 1, candidate.day - 1)
            window = candidate._replace(window_days=days)
            if self._scorer.score_again(window, before + today, 1.0) <= bound:
                return True
        return False

    def _amount(self, series: int, first_day: int, last_day: int) -> int:
        rows, counted = self.rows(series, first_day, last_day)
        return int(counted.sum()) if self._counts_people else len(rows)

    def _making_up(self, whole: Candidate, matters: list[Candidate]) -> list[Candidate]:
        """Return the matter that makes up half of a topic, if there is one: it says more."""
        if whole.series >= self._cells.events_from:
            return []
        rows, _ = self.rows(whole.series, whole.day - whole.window_days + 1, whole.day)
        for matter in matters:
            first_day = matter.day - matter.window_days + 1
            inside, _ = self.rows(matter.series, first_day, matter.day)
            is_half = np.isin(rows, inside).sum() >= SAME_RATIO * len(rows)
            if is_half and matter.series not in self._open and not self._is_explained(matter):
                return [matter]
        return []

    def _surest_and_narrowest(self, candidate: Candidate) -> tuple[float, int, int]:
        return candidate.score, candidate.amount, -candidate.series

    def rows(self, series: int, first_day: int, last_day: int) -> tuple[Ints, Ints]:
        """Return the appeals of a series in some days, and which of them count as people."""
        cells = self._cells
        low = np.searchsorted(self._keys, series * cells.days + max(first_day, 0))
        high = np.searchsorted(self._keys, series * cells.days + last_day, side="right")
        span = slice(cells.starts[low], cells.starts[high])
        return cells.rows[span], cells.counted[span]

    def alarm(self, episode: Episode, bound: float) -> Alarm:
        """Return an episode as the alarm that is shown."""
        candidate = episode.candidate
        rows, new = self.rows(candidate.series, episode.first_day, candidate.day)
        whole, counted = self.rows(candidate.series, episode.first_day, episode.last_day)
        per_day = np.bincount(self._facts.day[whole] - episode.first_day, weights=counted)
        return Alarm(
            key=self._key(candidate.series),
            day=candidate.day,
            window_days=candidate.window_days,
            people=candidate.amount if self._counts_people else int(new.sum()),
            appeals=len(rows),
            expected=candidate.expected,
            score=candidate.score,
            bound=bound,
            rows=np.sort(rows),
            told_by=episode.told_by,
            last_day=episode.last_day,
            peak_day=episode.first_day + int(np.flatnonzero(per_day == per_day.max())[-1]),
        )

    def _key(self, series: int) -> SeriesKey:
        cells = self._cells
        if series >= cells.events_from:
            return SeriesKey(event=series - cells.events_from)
        return SeriesKey(topic=series // cells.places, place=series % cells.places)

    def _is_explained(self, candidate: Candidate, until: int | None = None) -> bool:
        """Tell whether open bursts explain the appeals of a candidate, all or those up to a row."""
        first = candidate.day - candidate.window_days + 1
        rows, counted = self.rows(candidate.series, first, candidate.day)
        if until is not None:
            rows, counted = rows[rows <= until], counted[rows <= until]
        left = np.ones(len(rows), dtype=bool)
        ratio = 1.0
        for series, inside in self._told_about(rows).items():
            if inside.all():
                whole, _ = self.rows(series, first, candidate.day)
                is_event = max(series, candidate.series) >= self._cells.events_from
                if len(rows) >= SAME_RATIO * len(whole):
                    return True
                if not is_event:
                    rise = self._scorer.rise(series, candidate.day, candidate.window_days)
                    ratio = max(ratio, rise)
            else:
                left &= ~inside
        if ratio == 1.0 and left.all():
            return False
        amount = int(counted[left].sum()) if self._counts_people else int(left.sum())
        bound = self._scorer.bound_of(candidate.series)
        return self._scorer.score_again(candidate, amount, ratio) > bound

    def _told_about(self, rows: Ints) -> dict[int, Bools]:
        """Return for each open burst that holds some of the appeals which of them it holds."""
        if not self._open:
            return {}
        held: dict[int, Bools] = {}
        for place, row in enumerate(rows.tolist()):
            for series in self._series_of(row):
                episode = self._open.get(series)
                if episode and self._facts.day[row] >= episode.first_day:
                    held.setdefault(series, np.zeros(len(rows), dtype=bool))[place] = True
        return held

    def _series_of(self, row: int) -> list[int]:
        """Return every series that an appeal counts in."""
        facts, cells = self._facts, self._cells
        series = [cells.events_from + int(facts.event[row])]
        if facts.topic[row] == NOTHING:
            return series
        places = [0]
        if facts.place[row] != NOTHING:
            places += facts.place_nodes[facts.place[row]].tolist()
        topics = facts.topic_nodes[facts.topic[row]].tolist()
        return series + [
            topic * cells.places + place
            for topic in topics
            for place in places
            if topic != NOTHING and place != NOTHING
        ]
