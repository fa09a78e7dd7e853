import time

import pytest

from civicloop.engines.text.personal import (
    NumberKind,
    find_personal_numbers,
    mask_personal_numbers,
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("请拨13812345678联系", "13812345678"),
        ("电话：138 1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("幺三八幺二三四五六七八", "13812345678"),
    ],
)
def test_a_mobile_number_is_found_in_each_spelling(text, digits):
    [found] = find_personal_numbers(text)

    assert (found.kind, found.digits) == (NumberKind.MOBILE, digits)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("证号11010519491231002X。", NumberKind.IDENTITY),  # the example of GB 11643
        ("证号11010519491231002x。", NumberKind.IDENTITY),
        ("卡号6222 0212 3456 7890 128", NumberKind.CARD),  # passes the Luhn check
    ],
)
def test_a_number_with_a_right_check_digit_is_found(text, kind):
    [found] = find_personal_numbers(text)

    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check character
        "11010519491331002X",  # a thirteenth month
        "6222021234567890129",  # wrong check digit
        "0352-5356789",  # an office
        "工单202311140000001",  # an order's number
        "12345678901",  # begins with 12
        "138123456789",  # a digit too many
        "2023年11月14日，12345热线",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert find_personal_numbers(text) == []


def test_masking_hides_the_middle_and_keeps_the_rest_of_the_text():
    text = "电话13812345678，证号11010519491231002X，办公室0352-5356789。"

    masked = mask_personal_numbers(text)

    assert masked == "电话138******78，证号110*************2X，办公室0352-5356789。"


def test_a_number_that_passes_two_checks_is_found_once():
    [found] = find_personal_numbers("622201199001010055")  # Gansu, and begins as a card does

    assert found.kind == NumberKind.IDENTITY


@pytest.mark.parametrize("piece", ["1 3", "13", "6 2", "1-", "６２"])
def test_time_grows_with_the_length_alone(piece):
    text = piece * (100_000 // len(piece))
    began = time.perf_counter()

    find_personal_numbers(text)

    assert time.perf_counter() - began < 2
