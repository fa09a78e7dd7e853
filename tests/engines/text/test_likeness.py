import pytest

from civicloop.engines.text.likeness import most_alike

CASES = ["青禾苑烧烤店油烟扰民", "云溪路路灯不亮", "梧桐里小区停水", "青禾苑电梯停运"]


def test_the_case_a_message_is_about_comes_first():
    assert most_alike("我家楼下青禾苑烧烤店天天油烟扰民", CASES, most=3)[0] == 0


def test_a_case_in_other_words_of_another_matter_is_not_named():
    assert most_alike("孩子上学学籍怎么转", CASES, most=3) == []


def test_a_single_pair_in_common_is_chance():
    assert most_alike("停水费怎么退", ["停水"], most=3) == []


def test_no_more_are_named_than_asked_for():
    assert len(most_alike("梧桐里小区停水" * 3, ["梧桐里小区停水"] * 5, most=2)) == 2


@pytest.mark.parametrize("message", ["", "。", "a"])
def test_a_message_without_words_is_about_nothing(message):
    assert most_alike(message, CASES, most=3) == []


def test_a_pair_that_every_case_has_counts_less_than_a_rare_one():
    cases = ["青禾苑路灯坏了", "青禾苑暖气不热"]

    assert most_alike("青禾苑暖气一直不热", cases, most=2)[0] == 1
