import pytest

from civicloop.engines.text.numbers import number_in


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("15", 15),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十五", 25),
        ("二零二一", 2021),
        ("三四", 3),
        ("十十", 10),
        ("几", None),
    ],
)
def test_a_number_is_read_in_digits_and_in_signs(words, number):
    assert number_in(words) == number
