import csv
from datetime import date

from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.air import write_sample_air

PLAN = CityPlan(seed=7, appeals=100, last_day=date(2024, 3, 10))
FIRST = date(2024, 3, 1)


def rows(path):
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_station_has_every_hour_once_and_few_gaps(tmp_path):
    files = write_sample_air(PLAN, tmp_path, first_day=FIRST)

    found = rows(files.hours)
    keys = {(row["站点"], row["时间"]) for row in found}
    assert len(found) == len(keys) == 6 * 10 * 24
    assert min(row["时间"] for row in found) == "2024-03-01 01:00"
    assert max(row["时间"] for row in found) == "2024-03-11 00:00"
    gaps = sum(not row["O3"] for row in found)
    assert 0 < gaps < len(found) / 20


def test_the_stations_have_places_and_one_is_the_control_site(tmp_path):
    files = write_sample_air(PLAN, tmp_path, first_day=FIRST)

    places = [row["station"] for row in rows(files.stations)]
    assert places == list(dict.fromkeys(row["站点"] for row in rows(files.hours)))
    assert files.control_site == places[-1]


def test_neighbours_have_days(tmp_path):
    found = rows(write_sample_air(PLAN, tmp_path, first_day=FIRST).days)

    assert len(found) == 3 * 10
    assert all(float(row["PM2.5"]) > 0 for row in found)


def test_the_same_plan_gives_the_same_bytes_and_another_seed_others(tmp_path):
    one, same, other = (tmp_path / name for name in ("one", "same", "other"))
    for folder in (one, same, other):
        folder.mkdir()
    plan = CityPlan(seed=8, appeals=100, last_day=PLAN.last_day)

    files = write_sample_air(PLAN, one, first_day=FIRST)
    again = write_sample_air(PLAN, same, first_day=FIRST)
    others = write_sample_air(plan, other, first_day=FIRST)

    assert files.hours.read_bytes() == again.hours.read_bytes()
    assert files.days.read_bytes() == again.days.read_bytes()
    assert files.hours.read_bytes() != others.hours.read_bytes()
