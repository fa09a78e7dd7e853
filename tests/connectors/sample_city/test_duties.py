from civicloop.connectors.sample_city.duties import OUTDATED, TOWN_BRANCHES
from tests.connectors.sample_city.conftest import read_csv


def test_the_directory_has_about_three_hundred_rules(city) -> None:
    rules = read_csv(city.files.directory)

    assert len(rules) == 294
    assert len({(row["诉求类别"], row["区划"]) for row in rules}) == 294


def test_townships_lead_only_where_the_rule_allows_it(city) -> None:
    rules = read_csv(city.files.directory)

    allowed = [row for row in rules if row["可派基层"] == "是"]
    assert {row["诉求类别"] for row in allowed} == set(TOWN_BRANCHES)
    assert {row["层级"] for row in allowed} == {"乡镇"}


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
