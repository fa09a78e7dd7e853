import pytest

from civicloop.apps.intake.models import Receipt
from civicloop.apps.intake.receipts import LETTERS, code_of, hash_of, is_code_of, shown_code


def test_a_form_has_the_same_code_each_time_it_is_sent():
    assert code_of("token-a") == code_of("token-a")
    assert code_of("token-a") != code_of("token-b")


def test_a_code_has_eight_letters_that_are_not_mistaken():
    code = code_of("token-a")

    assert len(code) == 8
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
