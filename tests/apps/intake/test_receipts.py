import math

import pytest

from civicloop.apps.intake.models import Receipt
from civicloop.apps.intake.receipts import (
    LETTERS,
    body_hash_of,
    code_of,
    hash_of,
    is_code_of,
    shown_code,
)


def test_a_form_has_the_same_code_each_time_it_is_sent():
    assert code_of("token-a") == code_of("token-a")
    assert code_of("token-a") != code_of("token-b")


def test_a_code_has_more_than_64_bits_in_letters_that_are_not_mistaken():
    code = code_of("token-a")

    assert len(code) * math.log2(len(LETTERS)) > 64
    assert shown_code(code).replace("-", "") == code
    assert set(code) <= set(LETTERS)
    assert not set("01ILO") & set(LETTERS)


@pytest.mark.parametrize("write", [str.lower, shown_code, lambda code: f" {code[:3]} {code[3:]}　"])
def test_a_code_may_be_written_in_small_letters_or_with_spaces(write):
    code = code_of("token-a")
    receipt = Receipt(number="202311140000001", code_hash=hash_of("202311140000001", code))

    assert is_code_of(receipt, write(code))


def test_a_code_is_of_its_own_number_alone():
    code = code_of("token-a")
    receipt = Receipt(number="202311140000002", code_hash=hash_of("202311140000001", code))

    assert not is_code_of(receipt, code)


def test_what_a_form_says_has_one_hash_whatever_the_order_of_its_fields():
    told = {"text": "路灯不亮", "phone": "13800138000"}

    assert body_hash_of(told) == body_hash_of(dict(reversed(told.items())))
    assert body_hash_of(told) != body_hash_of(told | {"text": "路灯亮了"})


def test_an_older_code_of_eight_letters_still_opens_its_receipt():
    receipt = Receipt(number="202311140000001", code_hash=hash_of("202311140000001", "ABCD2345"))

    assert is_code_of(receipt, "abcd-2345")
