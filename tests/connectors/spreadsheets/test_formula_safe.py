from datetime import date, datetime
from decimal import Decimal

import pytest

from civicloop.connectors.spreadsheets.formula_safe import formula_safe


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1", "\ufeff=1", '"=1', "'=1"],
)  # fmt: skip
def test_text_that_could_become_a_formula_gets_an_apostrophe(text):
    assert formula_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["路灯不亮", "a=b", "3-4月", "", "2019-01-16", "'quoted'"])
def test_other_text_stays_as_it_is(text):
    assert formula_safe(text) == text


@pytest.mark.parametrize("number", [-5, 0, 3.5, Decimal("-1.20")])
def test_number_stays_a_number(number):
    assert formula_safe(number) is number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "True"),
        (date(2023, 5, 4), "2023-05-04"),
        (datetime(2023, 5, 4, 9, 15), "2023-05-04 09:15:00"),  # noqa: DTZ001
    ],
)
def test_other_values_become_plain_text(value, text):
    assert formula_safe(value) == text
