import collections
import hashlib
import os
import re
import subprocess
import sys
from datetime import date, datetime

import pytest

from civicloop.connectors.sample_city import CityPlan, PlanError, write_sample_city

HEADER = (
    "编号 受理时间 渠道 诉求类型 诉求人 标题 内容 区划 地址 支持数 反对数 类别 答复时间 答复内容"
)
PRINT_HASH = """
import hashlib, sys, tempfile
from datetime import date
from pathlib import Path
from civicloop.connectors.sample_city import CityPlan, write_sample_city
with tempfile.TemporaryDirectory() as folder:
    write_sample_city(CityPlan(appeals=400, last_day=date(2024, 12, 31)), Path(folder))
    files = sorted(Path(folder).iterdir())
    print(hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest())
"""


def hash_of(folder):
    return hashlib.sha256(b"".join(f.read_bytes() for f in sorted(folder.iterdir()))).hexdigest()


def moment(text):
    has_slashes = "/" in text
    form = "%Y/%m/%d %H:%M" if has_slashes else "%Y-%m-%d %H:%M:%S"
    return datetime.strptime(text, form)  # noqa: DTZ007 - an export states no zone


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_same_plan_gives_same_bytes_in_any_process(tmp_path, hash_seed):
    write_sample_city(CityPlan(appeals=400, last_day=date(2024, 12, 31)), tmp_path)

    other = subprocess.run(
        [sys.executable, "-c", PRINT_HASH],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert other.stdout.strip() == hash_of(tmp_path)


def test_another_seed_gives_another_city(tmp_path):
    for seed in (1, 2):
        plan = CityPlan(seed=seed, appeals=100, last_day=date(2024, 12, 31))
        write_sample_city(plan, tmp_path / str(seed))

    assert hash_of(tmp_path / "1") != hash_of(tmp_path / "2")


@pytest.mark.parametrize("appeals", [1, 50, 700])
def test_number_of_appeals_is_exact(tmp_path, appeals):
    files = write_sample_city(CityPlan(appeals=appeals, last_day=date(2024, 12, 31)), tmp_path)

    assert files.truth_topics.read_text(encoding="utf-8").count("\n") == appeals + 1


def test_plan_without_appeals_is_refused():
    with pytest.raises(PlanError, match="at least one appeal"):
        CityPlan(appeals=0, last_day=date(2024, 12, 31))


def test_plan_of_no_months_is_refused():
    with pytest.raises(PlanError, match="between 1 and 240"):
        CityPlan(months=0, last_day=date(2024, 12, 31))


def test_progress_is_told_up_to_the_end(tmp_path):
    told = []

    write_sample_city(
        CityPlan(appeals=2_100, last_day=date(2024, 12, 31)),
        tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1_000, 2_100), (2_000, 2_100), (2_100, 2_100)]


def test_export_has_the_columns_of_a_hotline(city):
    assert list(city.appeals[0]) == HEADER.split()


def test_appeals_are_numbered_by_day_in_order_of_time(city):
    numbers = [row["编号"] for row in city.appeals]
    moments = [moment(row["受理时间"]) for row in city.appeals]

    assert numbers == sorted(set(numbers))
    assert all(n.startswith(f"{m:%Y%m%d}") for n, m in zip(numbers, moments, strict=True))
    assert moments[0].date() == city.plan.first_day == date(2023, 1, 2)
    assert moments[-1].date() == date(2024, 12, 31)


def test_some_times_are_written_the_other_way(city):
    slashes = sum("/" in row["受理时间"] for row in city.appeals)

    assert 0.02 < slashes / len(city.appeals) < 0.06


def test_replies_come_after_the_appeal_and_before_the_end(city):
    replied = [row for row in city.appeals if row["答复时间"]]

    assert 0.85 < len(replied) / len(city.appeals) < 0.95
    assert all(moment(row["受理时间"]) < moment(row["答复时间"]) for row in replied)
    assert max(row["答复时间"] for row in replied) <= "2024-12-31 23:59:59"
    assert all(bool(row["答复时间"]) == bool(row["答复内容"]) for row in city.appeals)


def test_most_rows_are_labelled_and_few_of_the_labels_are_wrong(city):
    labelled = [row for row in city.appeals if row["类别"]]
    wrong = sum(row["类别"] != city.truth[row["编号"]] for row in labelled)

    assert 0.57 < len(labelled) / len(city.appeals) < 0.63
    assert 0.02 < wrong / len(labelled) < 0.04


def test_every_topic_used_is_in_the_tree(city):
    tree = {"/".join((row["level1"], row["level2"], row["level3"])) for row in city.topics}

    assert set(city.truth) == {row["编号"] for row in city.appeals}
    assert set(city.truth.values()) <= tree
    assert {row["类别"] for row in city.appeals if row["类别"]} <= tree


def test_topic_tree_has_its_size_and_unique_codes(city):
    levels = [
        {tuple(row[f"level{depth}"] for depth in range(1, n + 1)) for row in city.topics}
        for n in (1, 2, 3)
    ]

    assert [len(level) for level in levels] == [15, 91, len(city.topics)]
    assert len(city.topics) > 200
    assert len({row["code"] for row in city.topics}) == len(city.topics)
    assert {len(row["code"]) for row in city.topics} == {6}


def test_topics_name_units_of_the_city(city):
    assert {row["unit"] for row in city.topics} <= {row["name"] for row in city.units}


def test_shares_of_channels_and_kinds_are_plausible(city):
    channels = collections.Counter(row["渠道"] for row in city.appeals)
    kinds = collections.Counter(row["诉求类型"] for row in city.appeals)

    assert channels.most_common(1)[0][0] == "12345热线"
    assert [kind for kind, _ in kinds.most_common(2)] == ["投诉", "求助"]
    assert set(kinds) == {"投诉", "求助", "举报", "咨询", "建议", "表扬", "其他"}


def test_no_text_is_empty_or_shows_a_gap_of_the_generator(city):
    for row in city.appeals:
        assert row["标题"].strip()
        assert len(row["内容"].strip()) > 5
        assert not re.search(r"[\[\]{}|]|，，|。。|，。|（）", row["标题"] + row["内容"])


def test_telephone_numbers_are_of_a_range_nobody_has(city):
    text = "".join(row["内容"] for row in city.appeals)
    numbers = re.findall(r"(?<!\d)1\d{10}(?!\d)", text)

    assert len(numbers) > 100
    assert all(number.startswith("1540000") for number in numbers)


def test_length_of_texts_has_a_long_tail(city):
    lengths = sorted(len(row["内容"]) for row in city.appeals)

    assert 60 < sum(lengths) / len(lengths) < 140
    assert lengths[len(lengths) // 50] < 30
    assert lengths[-len(lengths) // 50] > 170


def test_few_callers_call_often(city):
    calls = collections.Counter(row["诉求人"] for row in city.appeals).most_common()

    assert all(re.fullmatch(r"U\d{7}", caller) for caller, _ in calls)
    assert calls[0][1] >= 10
    assert len(calls) > 0.6 * len(city.appeals)
