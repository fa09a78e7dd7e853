import numpy as np

from civicloop.engines.hotness.counting import Sums, count_people
from tests.engines.hotness.cities import assemble


def city_of(*appeals: tuple[int, int]):
    """Appeals (day, caller) of one matter, topic 2, township 5."""
    day, caller = np.array(appeals).T
    return assemble(
        day=day, topic=np.full(len(day), 2), township=np.full(len(day), 5),
        event=np.zeros(len(day), dtype=np.int64), caller=caller,
    )  # fmt: skip


def test_a_citizen_counts_once_in_seven_days():
    cells = count_people(city_of((0, 1), (3, 1), (3, 2), (6, 1), (7, 1), (20, 1)))

    matter = cells.series == cells.events_from
    assert cells.day[matter].tolist() == [0, 3, 6, 7, 20]
    assert cells.appeals[matter].tolist() == [1, 2, 1, 1, 1]
    assert cells.people[matter].tolist() == [1, 1, 0, 0, 1]


def test_an_appeal_counts_in_its_topics_and_places():
    cells = count_people(city_of((4, 1)))

    series = {(int(s) // cells.places, int(s) % cells.places) for s in cells.series[:-1]}
    # topic 2 and its first level 42, in the city 0, county 2 and township 10
    assert series == {(2, 0), (2, 2), (2, 10), (42, 0), (42, 2), (42, 10)}
    assert cells.series[-1] == cells.events_from


def test_sums_keep_to_their_series_and_days():
    cells = count_people(city_of((0, 1), (3, 2), (9, 3)))
    sums = Sums.of(cells, cells.people)
    matter = np.array([cells.events_from] * 4)

    found = sums.between(matter, np.array([-5, 1, 3, 4]), np.array([3, 2, 99, 8]))

    assert found.tolist() == [2, 0, 2, 0]
