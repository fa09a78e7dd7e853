"""Masking what is masked finds nothing more, whatever stands together."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from civicloop.engines import pii
from civicloop.engines.pii import LABELS, PiiKind, find_pii, mask_pii

PIECES = (
    "我叫", "我是", "本人", "姓名", "联系人：", "业主", "免贵姓", "家住", "住址", "门牌号", "村", "电话", "手机", "微信", "加微信",
    "身份证", "卡号", "此致敬礼", "我家", "只有我们一家", "唯一的住户", "班的学生", "邻居", "先生", "女士", "王小明", "欧阳焱", "张三",
    "李某", "13812345678", "１３８１２３４５６７８", "幺三八一二三四五六七八", "0351-7654321", "7654321", "11010519491231002X",
    "6222021234567890123", "wx_nobody01", "123456789", "abc@qq.com", "@", ".com", "晋B12345", "晋", "B", "3栋501", "3号楼", "2单元",
    "401室", "5号", "12组", "17-2-1904", "1-", "栋", "号院", "室", "一", "三", "0", "9", "a", "-", "，", "。", "：", " ", "（", "\n", "\0",
    *LABELS.values(),
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=24).map("".join)
KINDS = st.one_of(
    st.just(frozenset(PiiKind)),
    st.just(frozenset(PiiKind) - {PiiKind.HOME}),
    st.frozensets(st.sampled_from(PiiKind)),
)


@given(text=TEXTS, kinds=KINDS)
@example(text="联系方式 abc@qq.comwx123456789", kinds=frozenset(PiiKind))
def test_masking_twice_is_masking_once(text, kinds):
    once = mask_pii(text, kinds)

    assert mask_pii(once, kinds) == once


@given(text=TEXTS)
def test_what_a_second_look_finds_lies_where_it_stood(text):
    spans = find_pii(text)

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(text=TEXTS)
def test_a_second_look_hides_more_and_shows_nothing(text):
    first = pii._look(text, frozenset(PiiKind))  # as the text stands

    spans = find_pii(text)

    assert all(
        any(span.start <= one.start and one.end <= span.end for span in spans) for one in first
    )


@pytest.mark.parametrize("label", LABELS.values())
def test_a_label_tells_of_nothing_that_stands_beside_it(label):
    for beside in ("某某路", "5号", "张三", "李小红，", "123456", "上门"):
        for text in (f"{label}{beside}", f"{beside}{label}"):
            assert mask_pii(text) == text


def test_without_a_second_look_some_would_be_left(monkeypatch):
    """The red twin."""
    text = "联系方式 abc@qq.comwx123456789"
    monkeypatch.setattr(pii, "MOST_LOOKS", 0)

    assert mask_pii(mask_pii(text)) != mask_pii(text)
