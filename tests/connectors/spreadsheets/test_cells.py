import pytest

from civicloop.connectors.spreadsheets.cell_texts import (
    date_text,
    is_date_code,
    number_text,
    unescaped,
)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("188006", "188006"),
        ("188006.0", "188006"),
        ("0.10000000000000001", "0.1"),
        ("1E3", "1000"),
        ("-5", "-5"),
        ("123456789012345", "123456789012345"),
        ("420123199001011234", "4.20123199001011E+17"),
        ("4.2E+17", "4.2E+17"),
        ("NaN", "NAN"),
        ("1e999", "INF"),
        ("abc", "abc"),
    ],
)
def test_number_is_shown_as_the_spreadsheet_program_shows_it(stored, shown):
    assert number_text(stored) == shown


@pytest.mark.parametrize(
    ("serial", "shown"),
    [
        ("43481", "2019-01-16"),
        ("43481.37863425926", "2019-01-16 09:05:14"),
        ("0.5", "0.5"),
        ("20190116", "20190116"),
        ("-3", "-3"),
        ("abc", "abc"),
    ],
)
def test_day_number_becomes_a_date(serial, shown):
    assert date_text(serial, dates_from_1904=False) == shown


@pytest.mark.parametrize(
    "code", ["yyyy/m/d", 'm"月"d"日"', "h:mm", "[$-804]yyyy\\-mm\\-dd;@", "mmm"]
)
def test_format_with_a_letter_of_time_is_a_date(code):
    assert is_date_code(code)


@pytest.mark.parametrize("code", ["General", "0.00", '0"day"', "[Red]0", "#,##0_d", "@", "0E+00"])
def test_format_without_one_is_none(code):
    assert not is_date_code(code)


def test_escaped_characters_are_restored():
    assert unescaped("a_x000D_b_x005F_x000D_") == "a\rb_x000D_"
