from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from civicloop.web.templatetags import wording


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (999, "999"), (1234567, "1,234,567")])
def test_thousands_are_separated(number: int, words: str) -> None:
    assert wording.thousands(number) == words


def test_signs_are_always_written() -> None:
    assert wording.signed(1200) == "+1,200"
    assert wording.signed(-5) == "-5"
    assert wording.signed_percent(0.125) == "+12.5%"


def test_day_is_the_local_one() -> None:
    late = datetime(2023, 11, 14, 20, 0, tzinfo=UTC)  # four in the morning in the city

    with translation.override("en"):
        assert wording.day(late) == "15 Nov 2023"
        assert wording.moment(late) == "15 Nov 2023, 04:00"
        assert wording.short_day(date(2023, 11, 4)) == "4 Nov"
        assert wording.day_to(late, date(2023, 12, 2)) == "15 Nov 2023 – 2 Dec 2023"
        assert wording.day_to(late, date(2023, 11, 15)) == "15 Nov 2023"
    assert wording.local_day(late) == "2023-11-15"


def test_found_words_are_marked_longest_first_and_the_rest_escaped() -> None:
    assert wording.highlight("停水<停水了>", "停水 停水了") == (
        "<mark>停水</mark>&lt;<mark>停水了</mark>&gt;"
    )


def test_text_without_words_is_only_escaped() -> None:
    assert wording.highlight("a<b", "") == "a&lt;b"


def test_long_text_is_cut_around_the_word() -> None:
    text = "一" * 100 + "停水" + "二" * 400

    cut = wording.around(text, "停水")

    assert cut.startswith("…")
    assert cut.index("停水") == 21
    assert len(cut) == 220


def test_text_is_cut_from_its_beginning_without_a_word() -> None:
    assert wording.around("一" * 300, "") == "一" * 200


def test_a_limit_is_told_by_the_day_that_ends() -> None:
    midnight = datetime(2023, 11, 21, 16, 0, tzinfo=UTC)  # in the city

    with translation.override("en"):
        assert wording.last_day(midnight) == "21 Nov 2023"
        assert wording.last_day(midnight + timedelta(minutes=1)) == "22 Nov 2023"
        assert wording.until(midnight) == "2023-11-21 24:00"
