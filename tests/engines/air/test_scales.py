from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.connectors.air.editions import aqi_edition
from civicloop.engines.air.pollutants import Measure
from civicloop.engines.air.scales import Interpolated, Segment, Segmented

CN_2012, CN_2026 = aqi_edition("cn_hj633_2012"), aqi_edition("cn_hj633_2026")


def test_every_legal_input_gives_what_whole_numbers_give():
    """The oracle of the oracle: tenths as integers and one ceiling division."""
    for edition in (CN_2012, CN_2026):
        for measure, scale in edition.scales.items():
            tenths = [int(limit * 10) for limit in scale.limits]
            step = 1 if measure in {Measure.CO_24H, Measure.CO_1H} else 10
            for value in range(0, tenths[-1] + 1, step):
                row = next(i for i in range(1, len(tenths)) if value <= tenths[i])
                low, high = tenths[row - 1], tenths[row]
                index_low, index_high = scale.indices[row - 1], scale.indices[row]
                expected = index_low - (-(index_high - index_low) * (value - low) // (high - low))
                assert scale.sub_index(Fraction(value, 10)) == expected, (measure, value)


@pytest.mark.parametrize(
    ("measure", "value", "index"),
    [
        (Measure.CO_24H, "2.2", 55),  # floats say 56
        (Measure.CO_1H, "4.4", 44),
        (Measure.PM25_24H, "75", 100),
        (Measure.PM25_24H, "76", 102),  # 101.25, always up
        (Measure.PM25_24H, "501", 500),
        (Measure.PM10_1H, "150", 100),
        (Measure.SO2_24H, "150", 100),
        (Measure.SO2_1H, "801", None),
        (Measure.O3_8H, "801", None),
        (Measure.O3_1H, "1201", 500),
    ],
)
def test_indices_of_2012(measure, value, index):
    assert CN_2012.scales[measure].sub_index(Fraction(value)) == index


@pytest.mark.parametrize(
    ("measure", "value", "index"),
    [
        (Measure.PM25_24H, "60", 100),
        (Measure.PM25_24H, "75", 114),  # 100 + 50 · 15/55 = 113.6
        (Measure.PM10_24H, "120", 100),
        (Measure.PM10_24H, "150", 112),
        (Measure.SO2_1H, "801", 200),
        (Measure.O3_8H, "801", 300),
    ],
)
def test_indices_of_2026(measure, value, index):
    assert CN_2026.scales[measure].sub_index(Fraction(value)) == index


@pytest.mark.parametrize(
    ("measure", "value", "index"),
    [
        (Measure.PM25_24H, "9.09", 50),  # truncated to 9.0
        (Measure.PM25_24H, "35.9", 102),  # 101 + 49 · 0.4/19.9 = 101.98
        (Measure.PM25_24H, "325.5", 500),
        (Measure.O3_8H, "0.0789", 126),  # 101 + 49 · 0.007/0.014 = 125.5 at 0.078
        (Measure.O3_1H, "0.124", None),  # below its first class the 8-hour mean decides
        (Measure.O3_8H, "0.2001", 300),
        (Measure.O3_8H, "0.201", None),
        (Measure.SO2_1H, "305", None),
        (Measure.NO2_1H, "100.9", 100),
        (Measure.O3_1H, "0.405", 301),
        (Measure.O3_1H, "0.605", 500),
        (Measure.CO_8H, "50.4", 500),
        (Measure.SO2_24H, "304.9", 200),  # asked only where an hour is above 304
        (Measure.SO2_24H, "1004", 500),
        (Measure.NO2_1H, "3000", 500),
    ],
)
def test_american_values_are_truncated_and_fall_into_classes(measure, value, index):
    assert aqi_edition("us_epa_2024").scales[measure].sub_index(Fraction(value)) == index


def test_a_half_within_a_class_is_rounded_up():
    scale = Segmented(segments=(Segment(Decimal(0), Decimal(2), 0, 1),), decimals=0, above=None)

    assert scale.sub_index(Fraction(1)) == 1


@pytest.mark.parametrize(
    ("value", "band"), [("0", 1), ("5", 1), ("5.1", 2), ("140", 5), ("141", 6)]
)
def test_european_bands_are_numbered_from_the_best(value, band):
    scale = aqi_edition("eu_eaqi_2025").scales[Measure.PM25_1H]

    assert scale.sub_index(Fraction(value)) == band


@given(st.integers(0, 6000), st.integers(0, 6000))
def test_more_of_a_pollutant_never_lowers_its_index(one, other):
    low, high = sorted((Fraction(one, 10), Fraction(other, 10)))
    scale = CN_2026.scales[Measure.PM10_24H]

    assert scale.sub_index(low) <= scale.sub_index(high)


@pytest.mark.parametrize(
    ("limits", "indices"), [((0, 1), (0,)), ((0,), (0,)), ((0, 2, 1), (0, 1, 2)), ((0, 1), (0, 0))]
)
def test_a_table_that_cannot_be_interpolated_is_refused(limits, indices):
    with pytest.raises(ValueError, match="table"):
        Interpolated(limits=tuple(map(Decimal, limits)), indices=indices, above=None)
