"""The six pollutants and what is measured of them."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Exact = Decimal | Fraction | int


class Pollutant(StrEnum):
    """A pollutant of the ambient-air standards; µg/m³, CO in mg/m³."""

    SO2 = "so2"
    NO2 = "no2"
    PM10 = "pm10"
    PM25 = "pm25"
    CO = "co"
    O3 = "o3"


class Measure(StrEnum):
    """A pollutant over an averaging time, e.g. O3_8H: the highest 8-hour mean of a day."""

    SO2_24H = "so2_24h"
    SO2_1H = "so2_1h"
    NO2_24H = "no2_24h"
    NO2_1H = "no2_1h"
    PM10_24H = "pm10_24h"
    PM10_1H = "pm10_1h"
    PM25_24H = "pm25_24h"
    PM25_1H = "pm25_1h"
    CO_24H = "co_24h"
    CO_8H = "co_8h"
    CO_1H = "co_1h"
    O3_8H = "o3_8h"
    O3_1H = "o3_1h"

    @property
    def pollutant(self) -> Pollutant:
        """What is measured."""
        return Pollutant(self.value.partition("_")[0])


DAY_MEANS = {
    Pollutant.SO2: Measure.SO2_24H,
    Pollutant.NO2: Measure.NO2_24H,
    Pollutant.PM10: Measure.PM10_24H,
    Pollutant.PM25: Measure.PM25_24H,
    Pollutant.CO: Measure.CO_24H,
}
DAY_FIGURES = {**DAY_MEANS, Pollutant.O3: Measure.O3_8H}  # what a day's report states of each


class NegativeConcentrationError(ValueError):
    """A concentration below zero reached a calculation; the reader has to set it aside."""
