import pytest

from civicloop.values.ratios import Ratio, shared_ranks


def test_wilsons_interval_is_the_one_of_the_textbook():
    low, high = Ratio(81, 263).interval  # Newcombe (1998), table I

    assert (low, high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


@pytest.mark.parametrize(("numerator", "low", "high"), [(0, 0.0, 0.1389), (24, 0.8611, 1.0)])
def test_the_interval_of_none_or_all_stays_within_the_whole(numerator, low, high):
    interval = Ratio(numerator, 24).interval

    assert interval == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_a_share_of_nothing_has_no_value_and_no_interval():
    assert (Ratio(0, 0).value, Ratio(0, 0).interval) == (None, None)


@pytest.mark.parametrize("numbers", [(2, 1), (-1, 1)])
def test_a_part_larger_than_its_whole_is_refused(numbers):
    with pytest.raises(ValueError, match="no share"):
        Ratio(*numbers)


def test_units_whose_intervals_overlap_share_a_rank():
    ratios = {"a": Ratio(95, 100), "b": Ratio(92, 100), "c": Ratio(50, 100), "d": Ratio(3, 4)}

    assert shared_ranks(ratios, smallest=30) == {"a": 1, "b": 1, "c": 3}


def test_nobody_is_ranked_by_too_few_cases():
    assert shared_ranks({"a": Ratio(0, 0), "b": Ratio(9, 9)}, smallest=10) == {}
