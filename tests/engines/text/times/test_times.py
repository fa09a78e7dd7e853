from datetime import UTC, datetime

import pytest

from civicloop.engines.text.times import find_times

RECEIVED_AT = datetime(2024, 3, 13, 15, 40, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2024-03-05没有水", "2024-03-05T00:00/2024-03-06T00:00"),
        ("2023年8月漏水", "2023-08-01T00:00/2023-09-01T00:00"),
        ("去年夏天停水", "2023-06-01T00:00/2023-09-01T00:00"),
        ("上周末施工", "2024-03-09T00:00/2024-03-11T00:00"),
        ("上周吵闹", "2024-03-04T00:00/2024-03-11T00:00"),
        ("半小时前爆管", "2024-03-13T15:10/2024-03-13T16:10"),
        ("20分钟前起火", "2024-03-13T15:20/2024-03-13T16:20"),
        ("2023年12月31日前签的合同", "2023-12-31T00:00/2024-01-01T00:00"),
        ("去年底竣工", "2023-10-01T00:00/2024-01-01T00:00"),
        ("去年第三季度开工", "2023-07-01T00:00/2023-10-01T00:00"),
        ("3月中旬停水", "2024-03-11T00:00/2024-03-21T00:00"),
        ("2023 年5月8日停水", "2023-05-08T00:00/2023-05-09T00:00"),
    ],
)
def test_a_time_is_reckoned_from_the_moment_of_receipt(text, interval):
    [found] = find_times(text, RECEIVED_AT)

    assert found.interval == interval
    assert text.startswith(text[found.start : found.end])


def test_an_hour_that_is_none_is_no_time():
    assert find_times("25点37分", RECEIVED_AT) == []


@pytest.mark.parametrize("text", ["住了十八年中间没修过", "满3年后再申请", "多年内没有人管"])
def test_a_count_of_years_is_no_part_of_one(text):
    assert [text[t.start : t.end] for t in find_times(text, RECEIVED_AT)] == []
