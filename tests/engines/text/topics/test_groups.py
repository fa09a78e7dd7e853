from datetime import UTC, datetime, timedelta

import numpy as np

from civicloop.engines.text.topics.groups import (
    fold_count,
    fold_of_rows,
    group_rows,
    near_duplicates,
    newest_rows,
)

LONG = "小区门口的路灯坏了三个星期一直没有人来修，晚上老人出门摔倒了两次，请有关部门尽快派人处理。"
OTHER = "学校旁边的工地每天夜里十一点还在施工，孩子睡不着觉，多次投诉也没有结果，希望严肃查处。"
DAYS = [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(20)]


def test_nearly_identical_texts_are_linked():
    assert near_duplicates([LONG, OTHER, f"您好！{LONG}谢谢"]) == [(0, 2)]


def test_texts_shorter_than_a_shingle_are_alone():
    assert near_duplicates(["路灯", "路灯", "", ""]) == []


def test_links_do_not_depend_on_what_is_read_at_once(monkeypatch):
    texts = [LONG, OTHER, f"您好！{LONG}", f"{OTHER}急"] * 2
    together = near_duplicates(texts)

    monkeypatch.setattr("civicloop.engines.text.topics.groups.AT_ONCE", 10)

    assert near_duplicates(texts) == together


def test_a_group_holds_an_authors_rows_and_the_texts_like_them():
    texts = [LONG, "停水", f"{LONG}谢谢", "停电", *(f"第{number}件事" for number in range(40))]
    authors = ["a", "b", "", "a"] + [""] * 40

    groups = group_rows(texts, authors).tolist()

    assert groups[0] == groups[2] == groups[3]
    assert groups[1] not in groups[2:]


def test_likeness_of_everything_is_no_reason_to_hide_everything():
    texts = [f"{LONG}{number}" for number in range(30)]

    assert len(set(group_rows(texts, [""] * 30).tolist())) > 1


def test_rows_of_one_author_alone_are_each_their_own_group():
    assert group_rows(["一", "二"], ["a", "a"]).tolist() == [0, 1]


def test_folds_keep_groups_together_and_share_out_the_labels():
    targets = np.array([0, 0, 0, 0, 1, 1, 1, 0])
    groups = np.array([0, 1, 2, 3, 4, 5, 6, 0])

    fold = fold_of_rows(targets, groups, folds=2)

    assert fold[0] == fold[7]
    assert [int((fold[:4] == number).sum()) for number in (0, 1)] == [2, 2]
    assert set(fold[4:7].tolist()) == {0, 1}


def test_the_first_fold_holds_the_newest_rows_and_their_groups():
    groups = np.array([*range(19), 0])

    fold = fold_of_rows(np.zeros(20, dtype=np.int64), groups, folds=5, times=DAYS)

    assert np.flatnonzero(fold == 0).tolist() == [0, 16, 17, 18, 19]
    assert set(fold.tolist()) == {0, 1, 2, 3, 4}


def test_no_rows_are_the_newest_where_a_time_is_missing_or_all_are_one():
    assert len(newest_rows([*DAYS[:-1], None], share=0.2)) == 0
    assert len(newest_rows([DAYS[0]] * 20, share=0.2)) == 0


def test_the_more_work_the_fewer_folds():
    assert [fold_count(10**power) for power in (6, 9, 10)] == [5, 3, 2]
