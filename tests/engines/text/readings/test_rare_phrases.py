import io
from datetime import UTC, datetime

import numpy as np
import pytest

from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import KindModel, KindModelFileError
from civicloop.engines.text.readings.places import find_places, tag_words
from civicloop.engines.text.readings.problems import split_problems
from civicloop.engines.text.readings.respondents import find_respondents
from civicloop.engines.text.readings.urgency import judge_urgency
from civicloop.engines.text.times import find_times

RECEIVED_AT = datetime(2024, 3, 13, 15, 40, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2023.5月开工", "2023-05-01T00:00/2023-06-01T00:00"),
        ("15日停水", "2024-03-15T00:00/2024-03-16T00:00"),
        ("昨天下午3点一刻", "2024-03-12T15:15/2024-03-12T16:15"),
        ("昨天8:30:45起火", "2024-03-12T08:30/2024-03-12T09:30"),
        ("昨天八点二十五分", "2024-03-12T08:25/2024-03-12T09:25"),
        ("一个半月前交的钱", "2024-01-28T00:00/2024-02-27T00:00"),
        ("几天前交的钱", "2024-03-10T00:00/2024-03-11T00:00"),
    ],
)
def test_a_rare_time_is_reckoned_from_the_moment_of_receipt(text, interval):
    assert [found.interval for found in find_times(text, RECEIVED_AT)] == [interval]


@pytest.mark.parametrize("text", ["昨天25点", "32日", "1920年", "2月30日"])
def test_what_no_calendar_holds_is_no_time(text):
    assert find_times(text, RECEIVED_AT) == []


def test_an_ending_inside_a_known_name_names_nothing_by_itself():
    areas = Gazetteer({"石桥头镇": "township"})

    text = "石桥头镇的居民"
    found = find_places(text, tag_words(text), areas)

    assert [(text[p.start : p.end], p.kind) for p in found] == [("石桥头镇", "area")]


def test_parts_of_a_building_end_somewhere():
    text = "翠庐花园3栋2单元5楼3号4室1座2号楼7层"

    [found] = find_places(text, tag_words(text), Gazetteer())

    assert text[found.start : found.end].startswith("翠庐花园3栋2单元5楼")
    assert found.end < len(text)


def test_at_most_four_respondents_are_named():
    names = ("物业", "启慧实验小学", "梅峰医院", "蓝天驾校", "东岭幼儿园", "望澜医院")
    text = "".join(f"投诉{name}乱收费。" for name in names)

    found = find_respondents(text, find_places(text, tag_words(text), Gazetteer()))

    assert len(found) == 4


def test_a_mark_with_next_to_nothing_behind_it_begins_no_problem():
    text = "首先，路灯坏了很久没有人来修。再者吵 最后，井盖也丢了两个很危险。"

    found = [text[part.start : part.end] for part in split_problems(text)]

    assert len(found) == 2
    assert found[1].startswith("最后")


def test_a_model_of_kinds_of_other_kinds_is_refused():
    file = io.BytesIO()
    header = np.frombuffer(b'{"format": "other", "kinds": ["praise"]}', np.uint8)
    np.savez_compressed(file, header=header, weights=np.zeros((0, 1)))

    with pytest.raises(KindModelFileError):
        KindModel.from_bytes(file.getvalue())


LONG = "小区物业管理混乱，停车收费没有公示，绿化带长期无人修剪，楼道灯坏了也没人换。" * 5


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("楼下燃气泄漏，味道很大", 3),
        (f"{LONG}地下车库的电动车起火，也不见处理。", 2),
        (f"{LONG}现在正冒黑烟，车库起火了！", 3),
        (f"{LONG}听说有人为此自杀。", 2),
        (f"{LONG}我真的不想活了。", 3),
        ("小孩经常被困电梯", 2),
        ("楼道堆满杂物，电线起火司空见惯", 2),
        ("外地小区起火，我们很担心", 1),
        ("上周店里发生过一次起火", 1),
        ("一但发生火灾，后果不堪设想", 1),
        ("家用电器出现漏电故障时，外壳导电", 1),
        ("建筑安全，人命关天，请履职", 0),
        ("拿铁咖啡店油烟大", 0),
    ],
)
def test_only_a_danger_of_this_moment_calls_back_at_once(text, level):
    assert judge_urgency(text).level == level


@pytest.mark.parametrize(
    ("mark", "count"),
    [
        ("顺便反映一下，", 2),
        ("再说个事，", 2),
        ("另我们村", 2),
        ("三、找过物业和社区，", 1),
        ("另外，整改过一次，", 1),
    ],
)
def test_a_further_problem_is_told_from_the_history_of_the_first(mark, count):
    text = f"小区东门的路灯坏了半年没有人修。{mark}西侧井盖陷下去一个大坑。"

    assert len(split_problems(text)) == count
