"""Published figures beside those computed: how far they agree, and where they part."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from civicloop.apps.air.facts import CityAir, Ways
from civicloop.connectors.air.columns import level_of_words, primaries_of_words
from civicloop.connectors.air.editions import aqi_edition, aqi_editions, limit_editions
from civicloop.connectors.air.published import Bulletin, PublishedIndex
from civicloop.engines.air.agreement import Agreement, agreement
from civicloop.engines.air.changes import Place, places
from civicloop.engines.air.composite import CompositeIndex, composite_index
from civicloop.engines.air.editions import AqiEdition, edition_on
from civicloop.engines.air.index import AirIndex, daily_index, realtime_index
from civicloop.engines.air.pollutants import DAY_FIGURES, Measure, Pollutant

Pair = tuple[str, object, object]
_NOTHING = "NA"
Compared = dict[str, Agreement]  # by the figure's code: aqi, level, primary, pm25 …


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A published row and what the rules make of its concentrations."""

    row: PublishedIndex
    index: AirIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A bulletin's row and what the rules make of its concentrations."""

    row: Bulletin
    index: CompositeIndex
    place: Place | None  # among the rows of its period; None: it has no index, or is alone


def rate_releases(rows: Iterable[PublishedIndex], ways: Ways) -> list[Rated]:
    """Compute the hour's index of each row by the edition of its day, or by the one asked for."""
    return [
        Rated(row=row, index=realtime_index(row.concentrations, _edition(row, ways)))
        for row in rows
    ]


def rate_days(rows: Iterable[PublishedIndex], ways: Ways) -> list[Rated]:
    """Compute the day's index of each row."""
    return [
        Rated(row=row, index=daily_index(row.concentrations, _edition(row, ways))) for row in rows
    ]


def index_bulletins(rows: Iterable[Bulletin]) -> list[Indexed]:
    """Compute the composite index of each row by the limits of its period's last day."""
    listed = list(rows)
    indices = [
        composite_index(row.concentrations, edition_on(row.last_day, limit_editions()))
        for row in listed
    ]
    found = [
        Indexed(row=row, index=index, place=None)
        for row, index in zip(listed, indices, strict=True)
    ]
    return _in_order(found)


def _in_order(found: Sequence[Indexed]) -> list[Indexed]:
    """Give the rows of one period their places, equal indices the same one."""
    by_period: dict[str, list[int]] = defaultdict(list)
    for position, each in enumerate(found):
        if each.index.value is not None:
            by_period[each.row.period].append(position)
    placed = list(found)
    for positions in by_period.values():
        values = [value for at in positions if (value := found[at].index.value) is not None]
        if len(values) > 1:
            for at, place in zip(positions, places(values, is_high_good=False), strict=True):
                placed[at] = replace(found[at], place=place)
    return placed


def compare_indices(rated: Sequence[Rated]) -> Compared:
    """Compare index, level and primary pollutants with what was published, where it was."""
    published = [each for each in rated if each.row.aqi is not None]
    found = {"aqi": agreement((_where(each), each.row.aqi, each.index.value) for each in published)}
    if any(each.row.level for each in published):
        found["level"] = agreement(
            (_where(each), _level(each.row.level), each.index.level)
            for each in published
            if each.row.level
        )
    if any(each.row.primary for each in published):
        found["primary"] = agreement(
            (_where(each), _primary(each.row.primary), _names(each.index.primary))
            for each in published
        )
    return found


def compare_bulletins(indexed: Sequence[Indexed]) -> Compared:
    """Compare the composite index with what was published."""
    pairs = (
        (f"{each.row.row} {each.row.city} {each.row.period}", each.row.index, each.index.value)
        for each in indexed
        if each.row.index is not None
    )
    return {"composite_index": agreement(pairs)}


def by_year(rated: Sequence[Rated]) -> dict[int, Agreement]:
    """Compare the index year by year."""
    years = sorted({each.row.day.year for each in rated})
    return {
        year: compare_indices([each for each in rated if each.row.day.year == year])["aqi"]
        for year in years
    }


def compare_days(air: CityAir, rows: Sequence[PublishedIndex]) -> Compared:
    """Compare a city's computed days with published ones: concentrations, index, level.

    `pm25_near` and the like count what is at most 1 off in the last digit, `aqi_near` at most 3.
    """
    met = [row for row in rows if 0 <= air.days.position(row.day) < len(air.days)]
    found: Compared = {}
    for pollutant, measure in DAY_FIGURES.items():
        pairs = list(_concentrations(air, met, measure))
        if pairs:
            found[pollutant.value] = agreement(_told(pairs))
            found[f"{pollutant.value}_near"] = agreement(_near(pairs, most=1))
    indices = [
        (str(row.day), row.aqi, int(air.indices.value[air.days.position(row.day)]))
        for row in met
        if row.aqi is not None
    ]
    found["aqi"] = agreement(_told(indices))
    found["aqi_near"] = agreement(_near(indices, most=3))
    levels = [(row, level_of_words(row.level)) for row in met if row.aqi is not None]
    found["level"] = agreement(
        _told(
            (str(row.day), level, int(air.indices.level[air.days.position(row.day)]))
            for row, level in levels
            if level is not None
        )
    )
    return found


def _concentrations(
    air: CityAir, rows: Sequence[PublishedIndex], measure: Measure
) -> Iterator[tuple[str, int, int]]:
    decimals = 1 if measure.pollutant is Pollutant.CO else 0
    computed = air.days.columns[measure].rounded(decimals)
    for row in rows:
        value = row.concentrations.get(measure)
        if value is not None:
            shown = round(value * Decimal(10) ** decimals)
            yield str(row.day), shown, int(computed[air.days.position(row.day)])


def _told(pairs: Iterable[tuple[str, int, int]]) -> Iterator[Pair]:
    """Say NA where nothing is computed, which the arrays hold as a number below zero."""
    for where, published, computed in pairs:
        yield where, published, computed if computed >= 0 else _NOTHING


def _near(pairs: Sequence[tuple[str, int, int]], *, most: int) -> Iterator[Pair]:
    for where, published, computed in pairs:
        is_near = computed >= 0 and abs(published - computed) <= most
        yield where, published, published if is_near else computed


def _edition(row: PublishedIndex, ways: Ways) -> AqiEdition:
    return aqi_edition(ways.edition) if ways.edition else edition_on(row.day, aqi_editions())


def _where(each: Rated) -> str:
    return f"{each.row.row} {each.row.place} {each.row.day}".replace("  ", " ")


def _level(words: str) -> int | str:
    return level_of_words(words) or words


def _primary(words: str) -> str:
    known = primaries_of_words(words)
    return words if known is None else _joined(known)


def _names(measures: Iterable[Measure]) -> str:
    return _joined({measure.pollutant for measure in measures})


def _joined(pollutants: Iterable[Pollutant]) -> str:
    return " ".join(each.value for each in Pollutant if each in set(pollutants))
