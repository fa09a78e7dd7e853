from decimal import Decimal

import pytest

from civicloop.engines.air.gases import UnknownGasUnitError, in_units
from civicloop.engines.air.pollutants import Measure


def test_gases_become_parts_and_particles_stay():
    found = in_units(
        {Measure.O3_8H: Decimal(100), Measure.CO_8H: Decimal(1), Measure.PM25_24H: Decimal(35)},
        {Measure.O3_8H: "ppm", Measure.CO_8H: "ppm", Measure.PM25_24H: "ug/m3"},
    )

    assert float(found[Measure.O3_8H]) == pytest.approx(0.05097, abs=1e-5)
    assert float(found[Measure.CO_8H]) == pytest.approx(0.8734, abs=1e-4)
    assert found[Measure.PM25_24H] == 35


def test_what_was_not_measured_stays_unmeasured():
    assert in_units({Measure.O3_8H: None}, {Measure.O3_8H: "ppm"}) == {Measure.O3_8H: None}


@pytest.mark.parametrize(
    ("measure", "unit"), [(Measure.PM25_24H, "ppb"), (Measure.O3_8H, "percent")]
)
def test_particles_in_parts_and_unknown_units_are_refused(measure, unit):
    with pytest.raises(UnknownGasUnitError, match=unit):
        in_units({measure: Decimal(1)}, {measure: unit})
