import time

import pytest

from civicloop.engines.routing.accusations import accuses_office


@pytest.mark.parametrize(
    "text",
    [
        "听说队长是老板的小舅子，收了钱通风报信",
        "市场管理办主任张某吃拿卡要，摊位费私下加收两百元不开票",
        "校长和供货商是亲兄弟，每套抽四十块回扣",
        "窗口那个姓周的暗示我送两条烟就能办",
        "贵局执法人员开公车接送孩子上学",
        "村主任挪用集体资金",
        "主治医生收了病人家属红包",
    ],
)
def test_gain_from_an_office_is_seen_though_nobody_says_report(text):
    assert accuses_office(text)


@pytest.mark.parametrize(
    "text",
    [
        "装修公司收钱不办事",
        "楼下烧烤店油烟扰民，打了三次电话没人来",
        "建议春节给环卫工人发红包",
        "超市卖烟卖酒不看年龄",
        "公交车上有人抽烟，司机不管",
        "朋友在饭店喝酒后停车被收费",
        "昨晚和小舅子吃了顿饭，车就被拖走了",
    ],
)
def test_what_accuses_nobody_in_office_is_left_alone(text):
    assert not accuses_office(text)


def test_a_long_text_takes_no_long_time():
    begun = time.process_time()
    accuses_office("收要送给" * 25_000)

    assert time.process_time() - begun < 1
