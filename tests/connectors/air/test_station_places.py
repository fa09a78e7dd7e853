from decimal import Decimal

import pytest

from civicloop.connectors.air.problems import AirFileCode, AirFileError
from civicloop.connectors.air.station_places import read_station_places


def places(folder, text):
    path = folder / "places.csv"
    path.write_text(text, encoding="utf-8")
    return read_station_places(path)


def test_places_are_read_by_the_name_of_the_station(tmp_path):
    found = places(tmp_path, "station,longitude,latitude\n 中心 ,111.2,37.123456789\n")

    assert found["中心"].longitude == Decimal("111.200000")
    assert found["中心"].latitude == Decimal("37.123457")


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(AirFileError) as caught:
        places(tmp_path, "station,longitude\n中心,111.2\n")

    assert (caught.value.code, caught.value.value) == (AirFileCode.NO_SUCH_HEADER, "latitude")


@pytest.mark.parametrize("degrees", ["east", "", "NaN", "90.1", "-91", "1e400"])
def test_what_is_no_degree_is_refused_with_its_row(tmp_path, degrees):
    with pytest.raises(AirFileError) as caught:
        places(tmp_path, f"station,longitude,latitude\na,111,37\nb,111,{degrees}\n")

    assert (caught.value.row, caught.value.column) == (3, "latitude")
