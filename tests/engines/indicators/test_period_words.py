import pytest

from civicloop.engines.indicators.period_words import period_of_words
from civicloop.engines.indicators.periods import NotAPeriodError


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023-10", "2023-10"),
        ("2023年10月", "2023-10"),
        ("2023年3月份", "2023-03"),
        ("2023/3", "2023-03"),
        ("2023-10-01", "2023-10"),
        ("2023-10-01 00:00:00", "2023-10"),
        ("2023年1—10月", "2023-01/P10M"),
        ("2023年1月至10月", "2023-01/P10M"),
        ("2023年1-2月份", "2023-01/P2M"),
        ("2023年三季度", "2023-Q3"),
        ("2023年第2季度", "2023-Q2"),
        ("2023年前三季度", "2023-01/P9M"),
        ("2023年上半年", "2023-01/P6M"),
        ("2023年", "2023"),
        ("2023年度", "2023"),
    ],
)
def test_a_period_is_read_as_reports_write_it(text, period):
    assert str(period_of_words(text)) == period


@pytest.mark.parametrize(
    "text", ["", "2023年13月", "2023年2-10月", "2023-10-02", "2023/13", "10月", "2023年0月"]
)
def test_what_names_no_period_from_january_is_refused(text):
    with pytest.raises(NotAPeriodError):
        period_of_words(text)
