import io

import numpy as np
import pytest

from civicloop.engines.text.readings.kinds import (
    KindModel,
    KindModelFileError,
    KindText,
    NotEnoughKindsError,
    train_kinds,
)

OWN_WORDS = {  # words of this city alone, which no rule knows
    "help": "蓝灯常亮，速来。",
    "complaint": "绿灯常亮，速来。",
}


def rows(count=200):
    kinds = [("help", "complaint")[number % 2] for number in range(count)]
    return [KindText(text=f"{OWN_WORDS[kind]}{number}") for number, kind in enumerate(kinds)], kinds


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("咨询社保转移", "请问如何办理？", "enquiry"),
        ("", "求助，帮帮我们找个住处", "help"),
        ("投诉物业乱收费", "严重影响生活", "complaint"),
        ("实名举报", "该厂偷排废水，请严查", "report"),
        ("建议增设路灯", "希望增加几盏", "suggestion"),
        ("表扬民警", "特此感谢，锦旗一面", "praise"),
    ],
)
def test_rules_tell_kinds_that_are_announced(subject, text, kind):
    [found] = KindModel().suggest([KindText(text=text, subject=subject)])

    assert found.kind == kind
    assert 1 / 6 < found.probability <= 1


@pytest.mark.parametrize(
    "text",
    [
        "我要举报一家工厂", "特此举报", "举报：楼下的店", "我们实名向贵局检举", "本人向有关部门控告",
        "我要举报物业乱收费，强制收停车费", "市民来电举报一家餐馆", "来电人举报：某诊所无人管",
        "超市乱收费，没人管。举报，请市场监管部门查处",
        "我要举报无证摊贩", "我要举报过期食品，影响很坏", "我们举报后厨脏乱的饭店", "我要举报人社局的人收钱",
        "我举报没有执照的网吧",
    ],
)  # fmt: skip
def test_who_declares_a_report_makes_one(text):
    [found] = KindModel().suggest([KindText(text=text)])

    assert found.kind == "report"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("邻居举报以后没有下文", "complaint"),
        ("我们举报过三次都没人管", "complaint"),
        ("我的店铺多次被人恶意举报，请有关部门核实，严重影响生意", "complaint"),
        ("昨天遭到举报，希望查清，太不合理了", "complaint"),
        ("我没有举报，请不要误会，物业一直乱收费", "complaint"),
        ("我举报了三次没人管", "complaint"),
        ("要举报的话打哪个电话？", "enquiry"),
        ("请问举报电话是多少？", "enquiry"),
    ],
)
def test_a_report_that_is_only_told_of_or_asked_about_is_none_by_itself(text, kind):
    [found] = KindModel().suggest([KindText(text=text)])

    assert found.kind == kind


def test_the_citys_own_words_are_learned():
    model = train_kinds(*rows())

    found = model.suggest([KindText(text=words) for words in OWN_WORDS.values()])

    assert [each.kind for each in found] == ["help", "complaint"]
    assert min(each.probability for each in found) > 0.6


def test_rules_alone_are_kept_too():
    kept = KindModel.from_bytes(KindModel().to_bytes())

    [found] = kept.suggest([KindText(text="严重影响生活", subject="投诉物业乱收费")])

    assert [found] == KindModel().suggest([KindText(text="严重影响生活", subject="投诉物业乱收费")])


def test_a_kept_model_says_the_same():
    model = train_kinds(*rows())
    asked = [KindText(text="蓝灯"), KindText(text="绿灯", subject="投诉")]

    kept = KindModel.from_bytes(model.to_bytes())

    assert [each.kind for each in kept.suggest(asked)] == [
        each.kind for each in model.suggest(asked)
    ]


@pytest.mark.parametrize(("count", "kinds"), [(199, None), (300, "help"), (300, "no kind")])
def test_too_few_rows_or_a_single_kind_teach_nothing(count, kinds):
    texts, mixed = rows(count)

    with pytest.raises(NotEnoughKindsError):
        train_kinds(texts, [kinds] * count if kinds else mixed)


def test_no_message_has_no_kind():
    assert KindModel().suggest([]) == []
    assert KindModel().suggest([KindText(text="")])[0].kind == "complaint"


def test_other_bytes_are_refused():
    file = io.BytesIO()
    np.savez_compressed(file, header=np.frombuffer(b'{"format": "x"}', np.uint8))

    for payload in (b"", b"no model", file.getvalue()):
        with pytest.raises(KindModelFileError):
            KindModel.from_bytes(payload)
