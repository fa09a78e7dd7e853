import random

from civicloop.engines.text.replies.templates import find_families

WORDS = (
    "您反映的{}问题我局高度重视，已安排工作人员现场核查并督促整改，感谢您对我们工作的关心和支持。"
)


def test_nearly_the_same_words_are_one_family() -> None:
    replies = [WORDS.format(name) for name in ("油烟", "路灯", "积水", "噪声")]
    replies.insert(2, "根据规划，该路段预计明年开工，具体时间以公告为准。")

    [family] = find_families(replies)

    assert family.members == (0, 1, 3, 4)
    assert "现场核查并督促整改" in family.template
    assert all(0.4 < share < 1 for share in family.shares)


def test_numbers_names_in_quotes_and_dates_do_not_part_a_family() -> None:
    replies = [
        f"网友“A000{number}”您好，您的留言已转相关部门处理。2023年{number}月1日"
        for number in range(1, 5)
    ]

    [family] = find_families(replies)

    assert family.shares == (1.0,) * 4


def test_small_changes_do_not_chain_what_differs() -> None:
    pieces = [f"第{chr(0x4E00 + number)}项工作按计划推进完成情况良好" for number in range(40)]
    chain = ["，".join(pieces[at : at + 10]) for at in range(30)]

    families = find_families(chain, smallest=1)

    assert len(families) > 3


def test_empty_replies_have_no_family() -> None:
    assert find_families(["", "123", "  "], smallest=1) == []


def test_families_do_not_depend_on_how_many_replies_there_are_beside() -> None:
    stream = random.Random(1)
    noise = [
        "".join(chr(stream.randrange(0x4E00, 0x9000)) for _ in range(60)) for _ in range(3_000)
    ]
    family = [WORDS.format(name) for name in ("油烟", "路灯", "积水")]

    found = find_families([*noise[:1_500], *family, *noise[1_500:]])

    assert [one.members for one in found] == [(1_500, 1_501, 1_502)]
