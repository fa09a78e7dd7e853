import json

import pytest

from civicloop.connectors.sample_city.marks import (
    ALL,
    PROBLEM,
    read_marks,
    with_marks,
    without_marks,
    wrapped,
)


@pytest.fixture(scope="module")
def readings(city):
    lines = city.files.truth_readings.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def surfaces(reading, key):
    return [reading["text"][start:end] for start, end in reading[key]]


def test_marks_tell_spans_and_leave_the_text():
    place = wrapped("place", f"望澜区{wrapped('respondent', '甜嫂火锅店')}") + "3栋"
    marked = read_marks(
        f"{place}，{wrapped('time', '每天')}{wrapped('time', '半夜')}吵。{PROBLEM}垃圾多。"
    )

    assert marked.text == "望澜区甜嫂火锅店3栋，每天半夜吵。垃圾多。"
    assert marked.spans["place"] == [(0, 10)]  # the building belongs to it
    assert marked.spans["respondent"] == [(3, 8)]
    assert marked.spans["time"] == [(11, 15)]  # times that touch are one
    assert marked.problems == [(0, 17), (17, 21)]


def test_a_mark_that_lost_its_partner_tells_nothing():
    assert read_marks(wrapped("time", "昨天")[:-1]).spans["time"] == []
    assert read_marks(wrapped("time", "昨天")[1:]).spans["time"] == []


def test_words_of_phrases_are_marked_by_pattern():
    [marked] = with_marks(["[昨天|前天]物业说"], {"time": ("昨天", "前天")})

    assert without_marks(marked) == "[昨天|前天]物业说"
    assert read_marks(marked).spans["time"] == [(1, 3), (4, 6)]


def test_truth_of_readings_is_about_the_text_of_each_row(city, readings):
    assert [(r["id"], r["text"], r["subject"]) for r in readings] == [
        (row["编号"], row["内容"], row["标题"]) for row in city.appeals
    ]


def test_no_mark_reaches_a_file(city):
    for file in (city.files.appeals, city.files.truth_readings, city.files.truth_events):
        assert not set(ALL) & set(file.read_text(encoding="utf-8"))


def test_spans_lie_in_their_text_and_are_not_blank(readings):
    for reading in readings:
        for key in ("places", "times", "respondents", "dangers", "decoys", "requests"):
            assert all(surface.strip() for surface in surfaces(reading, key))


def test_places_are_those_of_the_city(city, readings):
    counties = {area["name"] for area in city.areas if area["level"] == "county"}
    named = [place for reading in readings for place in surfaces(reading, "places")]

    assert len(named) > 0.8 * len(readings)
    assert sum(place[:3] in counties for place in named) > 0.3 * len(named)


def test_dangers_and_what_only_sounds_like_one_are_both_planted(readings):
    dangers = [words for reading in readings for words in surfaces(reading, "dangers")]
    decoys = [words for reading in readings for words in surfaces(reading, "decoys")]

    assert len(set(dangers)) > 20
    assert len(set(decoys)) > 15
    assert set(dangers) & set(decoys) <= {"危房"}  # about to fall, or in an application


def test_some_texts_hold_several_problems(readings):
    several = [reading for reading in readings if len(reading["requests"]) > 1]

    assert 0.005 * len(readings) < len(several) < 0.1 * len(readings)


def test_clerks_mostly_tick_the_kind_that_is_true(city, readings):
    same = sum(
        row["诉求类型"] == reading["kind"]
        for row, reading in zip(city.appeals, readings, strict=True)
    )

    assert 0.8 * len(readings) < same < 0.97 * len(readings)
