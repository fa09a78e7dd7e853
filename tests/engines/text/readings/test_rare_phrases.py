import io
from datetime import UTC, datetime

import numpy as np
import pytest

from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import KindModel, KindModelFileError
from civicloop.engines.text.readings.places import find_places, tag_words
from civicloop.engines.text.readings.requests import split_requests
from civicloop.engines.text.readings.respondents import find_respondents
from civicloop.engines.text.readings.times import find_times

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

    found = [text[part.start : part.end] for part in split_requests(text)]

    assert len(found) == 2
    assert found[1].startswith("最后")


def test_a_model_of_kinds_of_other_kinds_is_refused():
    file = io.BytesIO()
    header = np.frombuffer(b'{"format": "other", "kinds": ["praise"]}', np.uint8)
    np.savez_compressed(file, header=header, weights=np.zeros((0, 1)))

    with pytest.raises(KindModelFileError):
        KindModel.from_bytes(file.getvalue())
