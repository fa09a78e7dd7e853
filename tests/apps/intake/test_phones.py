import pytest

from civicloop.apps.intake.phones import PhoneError, read_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "13800138000"),
        (" 138-0013-8000 ", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086 13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("＋８６１３８００１３８０００", "13800138000"),
        ("0352-7123456", "03527123456"),
        ("7123456", "7123456"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(written, number):
    assert read_phone(written) == number


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1380013800012", "13"),
        ("138", "3"),
        ("一三八", "数字|digits"),
        ("19", "2"),
        ("12800138000", "电话|telephone"),
        ("999999999999999", "电话|telephone"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written, words):
    with pytest.raises(PhoneError, match=words):
        read_phone(written)
