from collections import Counter

from civicloop.apps.dispatch.concerned_words import read_concerned
from civicloop.connectors.sample_city.duties import BRANCHES, OUTDATED, TOWN_BRANCHES
from civicloop.engines.routing.concerned import concerned
from civicloop.engines.routing.duties import GOVERNMENT
from tests.connectors.sample_city.conftest import read_csv


def test_the_directory_has_some_two_hundred_rules_of_all_four_levels(city) -> None:
    rules = read_csv(city.files.directory)

    assert len({(row["诉求类别"], row["区划"]) for row in rules}) == len(rules) == 240
    levels = Counter(row["层级"] for row in rules)
    assert levels["区县"] == len(BRANCHES) == 6
    assert (levels["乡镇"], levels["村级"]) == (20, 6)
    assert levels["市级"] + levels["企业"] == 208


def test_one_rule_leaves_a_duty_to_whichever_county_is_concerned(city) -> None:
    rules = read_csv(city.files.directory)

    led_by_county = [row for row in rules if row["层级"] == "区县"]
    assert {row["诉求类别"] for row in led_by_county} == BRANCHES
    assert {row["区划"] for row in led_by_county} == {"全市"}
    for row in led_by_county:
        assert read_concerned(row["主办单位"]) == concerned(GOVERNMENT)


def test_grassroots_lead_only_where_the_rule_allows_it(city) -> None:
    rules = read_csv(city.files.directory)

    allowed = [row for row in rules if row["可派基层"] == "是"]
    assert {row["诉求类别"] for row in allowed} == set(TOWN_BRANCHES)
    assert {row["层级"] for row in allowed} == {"乡镇", "村级"}


def test_the_rules_name_units_that_are_there(city) -> None:
    levels = {row["name"]: row["level"] for row in city.units}
    rules = read_csv(city.files.directory)

    for row in rules:
        for name in filter(None, (row["主办单位"], row["协办单位"])):
            assert name in levels or read_concerned(name)
    committees = [row for row in rules if row["层级"] == "村级"]
    assert {levels[row["主办单位"]] for row in committees} == {"village"}
    assert {levels[row["协办单位"]] for row in committees} == {"township"}


def test_every_topic_has_a_rule_for_the_whole_city(city) -> None:
    everywhere = {
        row["诉求类别"] for row in read_csv(city.files.directory) if row["区划"] == "全市"
    }

    for row in city.topics:
        path = "/".join([row["level1"], row["level2"], row["level3"]])
        assert path in everywhere or path.rpartition("/")[0] in everywhere


def test_every_appeal_has_one_right_unit(city) -> None:
    truth = read_csv(city.files.truth_units)

    assert [row["id"] for row in truth] == [row["编号"] for row in city.appeals]
    assert {row["unit"] for row in truth} <= {row["code"] for row in city.units}


def test_history_is_mostly_right_and_now_and_then_returned(city) -> None:
    names = {row["code"]: row["name"] for row in city.units}
    truth = {row["id"]: names[row["unit"]] for row in read_csv(city.files.truth_units)}

    handled = read_csv(city.files.handled)
    wrong = sum(truth[row["编号"]] != row["承办单位"] for row in handled)
    returned = sum(bool(row["退回单位"]) for row in handled)

    assert 0.005 < wrong / len(handled) < 0.04
    assert 0.03 < returned / len(handled) < 0.12
    assert all(row["退回单位"] != row["承办单位"] for row in handled)


def test_outdated_rules_are_returned_more_often_than_not(city) -> None:
    returned = {row["编号"]: row["退回单位"] for row in read_csv(city.files.handled)}

    outdated = [
        returned[key] for key, topic in city.truth.items() if topic in OUTDATED and key in returned
    ]

    assert sum(map(bool, outdated)) > 0.4 * len(outdated)
