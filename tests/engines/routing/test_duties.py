import pytest

from civicloop.engines.routing.conflicts import UnitFact
from civicloop.engines.routing.duties import Duties, NamedUnit
from civicloop.engines.routing.levels import Level


def unit(code: str, name: str, level: Level, area: str, *area_names: str) -> NamedUnit:
    fact = UnitFact(code=code, level=level, area=area)
    return NamedUnit(fact=fact, name=name, area_names=area_names)


@pytest.fixture
def duties() -> Duties:
    return Duties(
        [
            unit("C1", "澄安市民政局", Level.CITY, "9901", "澄安市", "云岭省"),
            unit("A1", "望澜区民政局", Level.COUNTY, "990101", "望澜区", "澄安市"),
            unit("A2", "澄安市棠陵县民政局", Level.COUNTY, "990102", "棠陵县", "澄安市"),
            unit("T1", "望澜区笠寨镇人民政府", Level.TOWNSHIP, "990101101", "笠寨镇", "望澜区"),
            unit("T2", "箬圩街道办事处", Level.TOWNSHIP, "990101001", "箬圩街道", "望澜区"),
        ]
    )


def test_offices_of_two_counties_have_one_duty_and_the_citys_another(duties: Duties) -> None:
    assert duties.label_of("A1") == duties.label_of("A2") == "county/民政局"
    assert duties.label_of("C1") == "city/民政局"
    assert duties.label_of("T1") == duties.label_of("T2") == "township/政府"
    assert duties.label_of("X") == ""


@pytest.mark.parametrize(
    ("label", "area", "code"),
    [
        ("county/民政局", "990102007", "A2"),
        ("county/民政局", "9901", ""),  # either county could be meant
        ("city/民政局", "", "C1"),
        ("township/政府", "990101101203", "T1"),
        ("township/政府", "990102001", ""),
        ("county/水务局", "990102", ""),
    ],
)
def test_a_duty_and_an_area_make_a_unit(duties: Duties, label: str, area: str, code: str) -> None:
    assert duties.unit_of(label, area) == code
