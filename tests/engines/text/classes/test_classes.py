import time

import pytest

from civicloop.engines.text import classes as event_classes
from civicloop.engines.text.classes import EventTexts, Kinship, find_classes
from civicloop.engines.text.classes.patterns import Patterns, season_of

CAUSES = {
    "heating": ("小区暖气不热，室内只有十三度，供热公司不管", "暖气片冰凉，供热温度不达标"),
    "stalls": ("流动摊贩占道经营，城管不管，行人走不过去", "路边摊贩占道摆摊，堵住人行道"),
    "wages": ("拖欠农民工工资，包工头跑了，讨薪无门", "包工头拖欠工资，年底要不到工资"),
    "lift": ("电梯经常故障困人，物业不维修", "电梯停运半个月，老人下不了楼，物业不管"),
}
PLACES = ("青禾苑", "梧桐里", "望江府", "锦绣城", "南湖湾", "金色家园", "滨河新村", "学府名都")


def some_events() -> tuple[list[EventTexts], list[str]]:
    events, causes = [], []
    for place in PLACES:
        for cause, (one, other) in CAUSES.items():
            texts = (f"{place}{one}", f"{place}{other}")
            events.append(EventTexts(id=len(events), subjects=("", ""), bodies=texts))
            causes.append(cause)
    return events, causes


def classes_in(kinships: tuple[Kinship, ...], causes: list[str]) -> set[tuple[str, ...]]:
    members: dict[int | None, set[str]] = {}
    for kin in kinships:
        members.setdefault(kin.cause, set()).add(causes[kin.event])
    return {tuple(sorted(found)) for found in members.values()}


def test_one_cause_in_many_places_is_one_class_and_one_place_with_many_causes_is_none():
    events, causes = some_events()

    kinships = find_classes(events)

    assert classes_in(kinships, causes) == {(cause,) for cause in CAUSES}
    assert len({kin.cause for kin in kinships}) == len(CAUSES)


def test_the_order_of_events_does_not_matter():
    events, _causes = some_events()

    assert find_classes(events) == find_classes(events[::-1])


def test_what_a_sample_begins_the_rest_joins(monkeypatch: pytest.MonkeyPatch):
    """With room for twelve of thirty-two events, most join classes that others began."""
    events, causes = some_events()
    monkeypatch.setattr(event_classes, "_SAMPLE", 12)

    assert classes_in(find_classes(events), causes) == {(cause,) for cause in CAUSES}


def test_every_event_knows_the_nearest_other_class():
    events, _causes = some_events()

    for kin in find_classes(events):
        assert kin.next_cause != kin.cause
        assert kin.next_closeness < kin.closeness


def test_nothing_comes_of_nothing_and_twice_given_is_refused():
    event = EventTexts(id=1, subjects=("暖气不热",), bodies=("暖气不热",))

    assert find_classes([]) == ()
    assert find_classes([event])[0].cause is None
    with pytest.raises(ValueError, match="twice"):
        find_classes([event, event])


def test_a_pattern_tells_the_cause_and_no_place():
    events, causes = some_events()
    kinships = find_classes(events)
    number = kinships[causes.index("wages")].cause
    assert number is not None

    pattern = Patterns(events, kinships).of(number)

    assert any("工资" in term for term in pattern.terms)
    assert not any(place in term for place in PLACES for term in pattern.terms)
    assert pattern.respondent == "employer"
    assert 0.5 < pattern.respondent_share <= 1


def test_what_looks_alike_is_parted_by_words_that_stand_in_it():
    events, causes = some_events()
    decoy = EventTexts(
        id=900,
        subjects=("", ""),
        bodies=("工地拖欠材料款，包工头跑了，砂石商家要不到货款", "工地拖欠砂石货款，包工头跑了"),
    )
    events.append(decoy)
    kinships = find_classes(events)
    number = kinships[causes.index("wages")].cause
    assert number is not None

    parting = Patterns(events, kinships).parting(900, number)

    assert all(any(word in body for body in decoy.bodies) for word in parting.shared)
    assert any("包工头" in word for word in parting.shared)
    assert any("工资" in word for word in parting.lacking)


def test_a_season_is_told_when_chance_does_not_explain_it():
    city = dict.fromkeys(range(1, 13), 100)

    season = season_of({11: 5, 12: 9, 1: 8, 6: 1}, city)

    assert season is not None
    assert set(season.months) <= {11, 12, 1}
    assert season.ratio > 3


def test_a_few_events_make_no_season():
    city = dict.fromkeys(range(1, 13), 100)

    assert season_of({12: 2}, city) is None
    assert season_of(dict.fromkeys(range(1, 13), 10), city) is None
    assert season_of({}, {}) is None


def test_five_thousand_events_are_grouped_in_seconds():
    events, _causes = some_events()
    many = [
        EventTexts(id=number, subjects=("",), bodies=(f"{events[number % 32].bodies[0]}{number}",))
        for number in range(5_000)
    ]
    start = time.process_time()

    kinships = find_classes(many)

    assert len({kin.cause for kin in kinships}) <= 8
    assert time.process_time() - start < 15
