"""People per series and day, in a form that sums any window at once.

A citizen counts once in a series and then not again for six days, so that the people of a window of
up to seven days are distinct. Who writes daily with the same text is one person.
"""

from dataclasses import dataclass

import numpy as np

from civicloop.engines.hotness.alarm_values import (
    NOTHING,
    WEEK,
    WHOLE_CITY,
    AppealFacts,
    Floats,
    Ints,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The days of series on which somebody appealed, ordered by series and day."""

    series: Ints  # (cells,)
    day: Ints  # (cells,)
    people: Ints  # (cells,)
    appeals: Ints  # (cells,)
    starts: Ints  # (cells + 1,), where a cell's appeals begin in ``rows``
    rows: Ints  # (entries,), rows of the facts
    counted: Ints  # (entries,), 1 where the citizen is new in the week
    places: int  # a topic's series is numbered topic * places + place
    events_from: int  # matters' series are numbered from here
    days: int

    @property
    def keys(self) -> Ints:
        """Series and day in one ascending number."""
        return self.series * self.days + self.day


def count_people(facts: AppealFacts) -> Cells:
    """Return every series of the facts, day by day."""
    places = max(int(facts.place_nodes.max(initial=WHOLE_CITY)) + 1, 1)
    events_from = (int(facts.topic_nodes.max(initial=NOTHING)) + 1) * places
    series, rows = _memberships(facts, places, events_from)
    days = int(facts.day[-1]) + 1 if len(facts.day) else 1
    day = facts.day[rows]
    counted = _new_this_week(series, facts.caller[rows], day)
    order = np.argsort(series * days + day, kind="stable")
    keys = (series * days + day)[order]
    known, starts = np.unique(keys, return_index=True)
    ends = np.append(starts, len(keys)).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(counted[order])])
    return Cells(
        series=known // days,
        day=known % days,
        people=np.diff(total[ends]),
        appeals=np.diff(ends),
        starts=ends,
        rows=rows[order],
        counted=counted[order],
        places=places,
        events_from=events_from,
        days=days,
    )


def _memberships(facts: AppealFacts, places: int, events_from: int) -> tuple[Ints, Ints]:
    """Return every pair of a series and an appeal in it, oldest appeal first in each series."""
    everyone = np.arange(len(facts.day), dtype=np.int64)
    parts = [(events_from + facts.event, everyone)]
    told = everyone[facts.topic != NOTHING]
    located = told[facts.place[told] != NOTHING]
    for nodes in facts.topic_nodes.T:
        parts.append(_filed(nodes[facts.topic[told]], np.zeros_like(told), told, places))
        topics = nodes[facts.topic[located]]
        parts += [
            _filed(topics, around[facts.place[located]], located, places)
            for around in facts.place_nodes.T
        ]
    series = np.concatenate([part for part, _rows in parts])
    return series, np.concatenate([rows for _series, rows in parts])


def _filed(topics: Ints, where: Ints, rows: Ints, places: int) -> tuple[Ints, Ints]:
    known = (topics != NOTHING) & (where != NOTHING)
    return topics[known] * places + where[known], rows[known]


def _new_this_week(series: Ints, caller: Ints, day: Ints) -> Ints:
    """Tell for each membership whether the citizen was not in the series for a week."""
    order = np.lexsort((day, caller, series))
    is_again = (
        (np.diff(series[order]) == 0) & (np.diff(caller[order]) == 0) & (np.diff(day[order]) < WEEK)
    )
    counted = np.ones(len(series), dtype=np.int64)
    counted[order[1:]] = ~is_again
    return counted


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a column over days of a series, by bisection in the running total."""

    keys: Ints
    running: Floats
    days: int

    @classmethod
    def of(cls, cells: Cells, column: Ints) -> "Sums":
        """Prepare the sums of one column of the cells."""
        return cls(cells.keys, np.concatenate([[0.0], np.cumsum(column)]), cells.days)

    def between(self, series: Ints, first: Ints, last: Ints) -> Floats:
        """Return the sums over the days ``first`` to ``last``, both included, shape of series."""
        starts = series * self.days
        low = np.searchsorted(self.keys, starts + np.clip(first, 0, self.days))
        high = np.searchsorted(self.keys, starts + np.minimum(last, self.days - 1), side="right")
        total: Floats = self.running[np.maximum(high, low)] - self.running[low]
        return total
