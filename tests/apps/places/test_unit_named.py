import pytest
from tests.factories import UnitFactory

from civicloop.apps.places.queries import unit_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau():
    UnitFactory(name="澄安市城市管理局")
    return UnitFactory(name="澄安市人力资源和社会保障局")


@pytest.mark.parametrize(
    "written",
    [
        "澄安市人力资源和社会保障局",
        "人力资源和社会保障局",
        "澄安市人力资源和社会保障局养老科",
        "澄安市人力资源和社会保障局张科长",
        "人力资源和社会保障局 张科长",
    ],
)
def test_a_unit_is_known_by_its_name_and_by_that_of_its_division_or_member(written, bureau):
    assert unit_named(written, None) == bureau


@pytest.mark.parametrize(
    "written",
    [
        "澄安市人力资源和社会保障局对面的烧烤店",
        "澄安市人力资源和社会保障局服务公司",
        "人力资源和社会保障局 旁边的网吧",
        "某某物业公司 张经理",
        "人社局",
    ],
)
def test_what_is_none_of_a_unit_is_not_taken_for_it(written, bureau):
    assert unit_named(written, None) is None
