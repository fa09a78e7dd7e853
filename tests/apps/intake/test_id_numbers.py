import pytest

from civicloop.apps.intake.id_numbers import IdNumberError, read_id_number


@pytest.mark.parametrize(
    "written",
    ["11010519491231002X", " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_a_number_is_read_as_it_is_said(written):
    assert read_id_number(written) == "11010519491231002X"


def test_nothing_stays_nothing():
    assert read_id_number("  ") == ""


@pytest.mark.parametrize(
    "written", ["110105194912310021", "13800138000", "王某某", "11010519491331002X"]
)
def test_what_cannot_be_a_number_is_refused(written):
    with pytest.raises(IdNumberError):
        read_id_number(written)
