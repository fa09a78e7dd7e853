"""The sample city's measures go in whole and their figures follow."""

from datetime import date

import pytest
from tests.factories import UnitFactory

from civicloop.apps.air.verifying import verify_air
from civicloop.apps.indicators.models import Figure, Goal, Observation
from civicloop.apps.indicators.verifying import verify_figures
from civicloop.config.demo_air import load_sample_air
from civicloop.config.demo_measures import load_sample_measures
from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.geography import geography
from civicloop.connectors.sample_city.measures import write_sample_measures
from civicloop.connectors.sample_city.units import units

PLAN = CityPlan(appeals=1, last_day=date(2024, 3, 14), months=15)


@pytest.mark.django_db
@pytest.mark.one_database
def test_the_sample_citys_measures_go_in_whole_and_follow(tmp_path):
    for unit in units(geography(PLAN)):
        UnitFactory(code=unit.code, name=unit.name)
    load_sample_air(PLAN, tmp_path, is_small=True)

    done = load_sample_measures(PLAN, tmp_path)

    codes = set(Figure.objects.values_list("code", flat=True))
    assert {"air.good_share", "air.index", "economy.chain_revenue", "projects.done_share"} <= codes
    assert {"digital.kw_per_rack", "economy.manufacturing_growth", "works.heat_pipes"} <= codes
    assert done.kept_count > 500
    assert not done.doubtful
    assert Observation.objects.filter(vintage="revised").count() == 1
    assert set(Figure.objects.exclude(light="").values_list("light", flat=True)) <= {
        "green",
        "amber",
        "red",
    }
    assert Goal.objects.get(code="5").owner.name.endswith("生态环境局")
    assert all(verified.is_good for verified in verify_figures())
    assert not any(verified.departed for verified in verify_air())


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = (write_sample_measures(PLAN, tmp_path / name) for name in "ab")

    for name in ("observations", "goals", "second_roster"):
        assert getattr(one, name).read_bytes() == getattr(other, name).read_bytes()
