import time
from itertools import pairwise

import pytest

from civicloop.engines.pii import LABELS, PiiKind, find_pii, mask, mask_pii
from tests.engines.text.hostile import TEXTS


def found(text: str, kind: PiiKind) -> list[str]:
    return [text[span.start : span.end] for span in find_pii(text) if span.kind == kind]


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "138 1234-5678",
        "138.1234.5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "１３８１２３４５６７８",
        "幺三八幺二三四五六七八",
        "壹叁捌壹贰叁肆伍陆柒捌",
        "138一二三四五六七八",
        "+8613812345678",
        "8613812345678",
        "138\u200b1234\u200b5678",
    ],
)
def test_a_mobile_number_is_found_in_each_spelling(number):
    assert found(f"请拨{number}联系", PiiKind.MOBILE) == [number]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("证号11010519491231002X。", PiiKind.IDENTITY, "11010519491231002X"),  # as in GB 11643
        ("证号11010519491231002x。", PiiKind.IDENTITY, "11010519491231002x"),
        ("证号110105 19491231 002X。", PiiKind.IDENTITY, "110105 19491231 002X"),
        ("老证号110105491231002。", PiiKind.IDENTITY, "110105491231002"),
        (
            "身份证号：110105194912310021",
            PiiKind.IDENTITY,
            "110105194912310021",
        ),  # a slip, but said
        ("护照号E12345678", PiiKind.IDENTITY, "E12345678"),
        ("622201199001010055", PiiKind.IDENTITY, "622201199001010055"),  # Gansu, not a card
        ("卡号6222 0212 3456 7890 128", PiiKind.CARD, "6222 0212 3456 7890 128"),
        ("打到账号4100123456789012", PiiKind.CARD, "4100123456789012"),
        ("座机0352-5356789没人接", PiiKind.LANDLINE, "0352-5356789"),
        ("座机（0352）5356789转802", PiiKind.LANDLINE, "（0352）5356789转802"),
        ("家里电话5356789", PiiKind.LANDLINE, "5356789"),
        ("车牌晋B·A1234挡路", PiiKind.PLATE, "晋B·A1234"),
        ("新能源晋BD12345", PiiKind.PLATE, "晋BD12345"),
        ("教练车晋B1234学", PiiKind.PLATE, "晋B1234学"),
        ("请回zhang.san＠example.com", PiiKind.EMAIL, "zhang.san＠example.com"),
        ("请回zhangsan(at)qq.com谢谢", PiiKind.EMAIL, "zhangsan(at)qq.com"),
        ("加微信：wx_nobody01", PiiKind.MESSENGER, "wx_nobody01"),
        ("我的QQ是10001000", PiiKind.MESSENGER, "10001000"),
        ("我叫王小明，住东街", PiiKind.NAME, "王小明"),
        ("我叫王明住东街", PiiKind.NAME, "王明"),
        ("联系人：欧阳小燕", PiiKind.NAME, "欧阳小燕"),
        ("举报人：揭海", PiiKind.NAME, "揭海"),
        ("我是阿迪力·买买提，", PiiKind.NAME, "阿迪力·买买提"),
        ("我姓赵，", PiiKind.NAME, "赵"),
        ("市民李女士来电", PiiKind.NAME, "李"),
        ("李小红13812345678", PiiKind.NAME, "李小红"),
        ("此致敬礼！李小红", PiiKind.NAME, "李小红"),
        ("花园3号楼2单元501室漏水", PiiKind.HOME, "3号楼2单元501室"),
        ("花园五号楼四单元302漏水", PiiKind.HOME, "五号楼四单元302"),
        ("花园12-3-1102漏水", PiiKind.HOME, "12-3-1102"),
        ("我家住织布巷18号，", PiiKind.HOME, "18号"),
        ("石碾村三组12号门前", PiiKind.HOME, "三组12号"),
        ("我是3号楼唯一的租户，漏水", PiiKind.SELF, "我是3号楼唯一的租户"),
        ("我是第二车间的女工，", PiiKind.SELF, "我是第二车间的女工"),
        ("整栋楼就我们一家没通，", PiiKind.SELF, "整栋楼就我们一家没通"),
        ("我是王家老二的妻子，", PiiKind.SELF, "我是王家老二的妻子"),
    ],
)
def test_a_detail_is_found_with_its_kind(text, kind, piece):
    assert found(text, kind) == [piece]


@pytest.mark.parametrize(
    "text",
    [
        "6222021234567890129",  # wrong check digit
        "工单202311140000001",
        "12345678901",  # begins with 12
        "138123456789",  # a digit too many
        "2023年11月14日，12345热线，400-820-8820",
        "表号0616766813",  # eleven digits behind an area code, but nobody calls it a telephone
        "信用代码91140200MA0123456K",
        "面积138.1234567890平方米",
        "根据〔2018〕53号文件，住房城乡建设部令第34号",
        "3号楼和5号楼之间，2单元电梯，坐302路到2号线",
        "居住总户数7051户，会议室201，信访中心2101室",
        "微信支付300元，扫微信二维码，微信公众号",
        "京A牌照的车",
        "我叫了三次物业，本人常年在外，联系人不详，我是业主",
        "企业主管部门，出卖业主利益，高三学生明天考试",
        "一个孩子的父亲，我是一名孩子的父亲，唯一的出路",
    ],
)
def test_other_words_and_numbers_are_left_alone(text):
    assert find_pii(text) == []


def test_masking_puts_a_label_and_keeps_the_rest():
    text = "我叫王小明，电话13812345678，住花园3栋501，办公时间9点。"

    assert mask_pii(text) == "我叫〖姓名〗，电话〖手机号〗，住花园〖门牌〗，办公时间9点。"


def test_only_the_wanted_kinds_are_masked():
    text = "我叫王小明，住花园3栋501"

    assert mask_pii(text, {PiiKind.NAME}) == "我叫〖姓名〗，住花园3栋501"


def test_masking_twice_changes_nothing_more():
    once = mask_pii(
        "联系人：王小明，电话13812345678，身份证号11010519491231002X，加微信wx_nobody01"
    )

    assert mask_pii(once) == once


def test_spans_are_in_order_and_do_not_overlap():
    text = "李小红13812345678，我是3号楼唯一的租户，住3号楼2单元501，晋B12345，a@b.com"

    spans = find_pii(text)

    assert len(spans) >= 5
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert mask(text, spans).count("〖") == len(spans)


def test_each_kind_has_its_own_label():
    assert len(set(LABELS.values())) == len(PiiKind) == len(LABELS)


def test_a_hint_hides_the_middle():
    text = "电话13812345678"
    [span] = find_pii(text)

    assert span.hint(text) == "138******78"


PIECES = (
    "1 3",
    "13",
    "6 2",
    "1-",
    "６２",
    "我是",
    "我叫王",
    "住",
    "住1",
    "姓",
    "3栋",
    "3单元",
    "a@",
    "a.",
    "微信",
    "京A",
    "本人",
    "0352-",
    "联系人",
)


@pytest.mark.parametrize("text", [*TEXTS, *[(piece * 40_000)[:40_000] for piece in PIECES]])
def test_time_grows_with_the_length_alone(text):
    text = text[:40_000]
    began = time.process_time()
    find_pii(text[:10_000])
    quarter = time.process_time() - began
    began = time.process_time()

    find_pii(text)

    assert time.process_time() - began < 8 * quarter + 2


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话0351-7654321abc@qq.com", "电话〖电话号〗〖邮箱〗"),
        ("找13812345678abc@qq.com联系", "找〖手机号〗〖邮箱〗联系"),
        ("回13812345678@qq.com", "回〖手机号〗〖邮箱〗"),
    ],
)
def test_an_address_is_hidden_though_a_telephone_runs_into_it(text, masked):
    assert mask_pii(text) == masked
    assert mask_pii(masked) == masked
