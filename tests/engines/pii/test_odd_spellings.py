"""Spellings that citizens use so that no filter reads them, or because their telephone breaks the line.

What stands in 【】 must be hidden to its last letter and digit; texts without are left alone.
"""

import re

import pytest

from civicloop.engines.pii import PiiKind, find_pii

ODD = {
    PiiKind.MOBILE: (
        "【008613803521234】", "手机【138\n03521234】", "手机【1380352\r\n1234】", "手机【138\t0352\t1234】",
        "【138/0352/1234】", "【138，0352，1234】", "【138、0352、1234】", "【138~0352~1234】", "【138|0352|1234】",
        "【138*0352*1234】", "【138-\n0352-\n1234】", "【138（0352）1234】", "【①③⑧⓪③⑤②①②③④】", "【⒈⒊⒏0３⑤2一２三4】",
        "【㊀㊂㊇零三五二一二三四】", "【١٣٨٠٣٥٢١٢٣٤】", "【𝟏𝟑𝟖𝟎𝟑𝟓𝟐𝟏𝟐𝟑𝟒】",
        "【1️⃣3️⃣8️⃣0️⃣3️⃣5️⃣2️⃣1️⃣2️⃣3️⃣4️⃣】", "【一三八，零三五二，一二三四】", "【138O3521234】", "【l38O352l234】是我手机",
    ),
    PiiKind.LANDLINE: ("【+86 352 5551234】", "【零三五二 五五五一二三四】", "固话：【555-1234】"),
    PiiKind.IDENTITY: (
        "身份证\n【140221198\n511030026】", "【14020319900112004×】", "【14020319900112004Χ】", "【14020319900112004叉】",
        "【1402.0219.7905.1833.12】", "【壹肆零贰零贰壹玖柒玖零伍壹捌叁叁壹贰】", "残疾证【140202197905183312】43", "护照号 【G 12345678】",
        "军官证号：【南字第1234567号】",
    ),
    PiiKind.CARD: (
        "银行账户：【6217\n0003\n6000\n1234\n568】", "全号【6222　0205　0401　2345　675】", "【6217-0003-6000-1234-568】",
        "【６２２２ ０２０５ ０４０１ ２３４５ ６７５】",
    ),
    PiiKind.PLATE: (
        "【晋 B D1 2345】", "车牌号【晋\nB12345】", "【晋B一二三四五】", "车牌【B12345】", "【晋B—12345】", "【晋Ｂ・Ｄ１２３４５】",
        "【晋B12345D】", "白色【赣A50397】一汽丰田",
    ),
    PiiKind.EMAIL: (
        "【zhangsan#qq.com】", "【zhangsan at qq dot com】", "【zhangsan艾特qq点com】", "【zhangsan@qq。com】",
        "【ｚｈａｎｇ＠１６３．ｃｏｍ】",
    ),
    PiiKind.MESSENGER: (
        "微:【zhangs88】", "V：【zhangs88】", "微❤信【zhangs88】", "威❤【zhangs88】", "微信搜【zhangs88】加我", "我微信名叫“【云冈老张】”",
        "我QQ 是 【1234 567 89】", "我个人Q【123456789】", "wechat id 【zhangs88】", "加微【zhangs88】", "QQ【一二三四五六七八】",
    ),
    PiiKind.HOME: (
        "家在金色水岸【三单元五零一】", "【3#2-501】家里漏水", "【12号楼东单元三楼西户】", "【3号楼2门501】", "【三号楼二单元五层东户】",
        "【叁号楼贰单元伍零壹】", "住【3号楼\n2单元\n501】", "住【八组12号】", "住【1号楼1单元1层2号】", "【B3-1203室】",
    ),
    PiiKind.NAME: (
        "我爱人【周小燕】", "业主【陈爱国】反映停水", "鄙人【钱学文】", "患者【马晓明】，", "学生【杜子涵】家长来电",
    ),
}  # fmt: skip
ORDINARY = (
    "金额1350\n2000元", "规格1380*2000*1400", "1500/1600/1700路公交", "13/14/15号楼", "2023/11/14", "10-12-15号楼",
    "共有138、1390、1400三个班", "①③问题②", "订单号202311140001234", "快递单号SF1380352123456", "统一社会信用代码91140200MA0K12345X",
    "3号楼一二三单元停水", "二单元一二楼", "12号楼东门", "一栋中门上楼处", "1栋北边户外阳台", "新A一二三楼", "晋B开头的车", "车牌识别系统",
    "加微信群", "微信公众号发布", "抖音上说", "还患者公道", "业主向物业反映", "居民曾多次反映", "业主相继反映", "学生家长来电",
    "我爱人常年在外", "emails at work", "共1350户，3000人",
)  # fmt: skip
_MARKED = re.compile("【([^】]*)】")


@pytest.mark.parametrize(
    ("kind", "marked"), [(kind, one) for kind, texts in ODD.items() for one in texts]
)
def test_what_is_spelt_oddly_is_hidden_to_its_last_sign(kind, marked):
    text = _MARKED.sub(r"\1", marked)
    start = marked.index("【")
    piece = _MARKED.search(marked)[1]

    hidden = {
        place for span in find_pii(text) for place in range(span.start, span.end)
    }  # whatever kind it is taken for

    left = [sign for place, sign in enumerate(piece, start) if place not in hidden]
    assert not [sign for sign in left if sign.isalnum()], kind


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_odd_is_left_alone(text):
    assert find_pii(text) == []
