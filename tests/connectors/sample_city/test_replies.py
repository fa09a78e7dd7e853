"""The replies of the sample city and what is true of them."""

import csv
from collections import Counter
from datetime import date


def truth_of(city):
    with city.files.truth_replies.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_every_reply_has_its_truth(city):
    replied = {row["编号"] for row in city.appeals if row["答复内容"]}

    assert set(truth_of(city)) == replied


def test_empty_replies_are_some_and_at_times_long(city):
    truth = truth_of(city)
    kinds = Counter(row["kind"] for row in truth.values())
    empty = [
        row["答复内容"] for row in city.appeals if truth.get(row["编号"], {}).get("kind") == "empty"
    ]

    assert 0.08 < kinds["empty"] / kinds.total() < 0.25
    assert any(len(reply) > 80 for reply in empty)


def test_promised_days_lie_behind_the_reply(city):
    truth = truth_of(city)
    promised = [row for row in city.appeals if truth.get(row["编号"], {}).get("due")]

    assert promised
    for row in promised:
        due = date.fromisoformat(truth[row["编号"]]["due"])
        assert due.isoformat() >= row["答复时间"][:10]
        assert f"{due.month}月" in row["答复内容"] or "年底" in row["答复内容"]


def test_partial_replies_leave_a_second_matter_out(city):
    truth = truth_of(city)

    assert all(row["second"] == "1" for row in truth.values() if row["kind"] == "partial")
