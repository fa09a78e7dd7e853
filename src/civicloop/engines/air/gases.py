"""Gases as parts of air: what the tables of the United States ask for.

At 298.15 K and 1013.25 hPa, the reference state of GB 3095-2026, a mole of gas takes 24.465 litres.
Molar masses in g/mol: IUPAC 2021, to three decimals.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.air.pollutants import Exact, Measure, Pollutant

LITRES_PER_MOLE = Decimal("24.465")
MOLAR_MASSES = {
    Pollutant.SO2: Decimal("64.058"),
    Pollutant.NO2: Decimal("46.005"),
    Pollutant.CO: Decimal("28.010"),
    Pollutant.O3: Decimal("47.997"),
}
_PPB_IN = {"ppb": 1, "ppm": 1000}


class UnknownGasUnitError(LookupError):
    """No such unit, or no gas; the message names them."""


def in_units(
    concentrations: Mapping[Measure, Exact | None], units: Mapping[Measure, str]
) -> dict[Measure, Exact | None]:
    """Return concentrations in the units that an edition asks for; those it does not name stay.

    Args:
        concentrations: µg/m³, CO in mg/m³.
        units: ug/m3, ppb or ppm by measure.

    Raises:
        UnknownGasUnitError: a unit is none of these, or a particle is to be counted in parts.
    """
    return {
        measure: None if value is None else _in_unit(value, measure, units.get(measure, "ug/m3"))
        for measure, value in concentrations.items()
    }


def _in_unit(value: Exact, measure: Measure, unit: str) -> Exact:
    if unit == "ug/m3":
        return value
    mass = MOLAR_MASSES.get(measure.pollutant)
    if mass is None or unit not in _PPB_IN:
        raise UnknownGasUnitError(f"{measure} in {unit}")
    micrograms = Fraction(value) * (1000 if measure.pollutant is Pollutant.CO else 1)
    return micrograms * Fraction(LITRES_PER_MOLE) / Fraction(mass) / _PPB_IN[unit]
