from dataclasses import replace

import pytest

from civicloop.engines.text.replies import is_empty
from civicloop.engines.text.replies.scorer import (
    MARK_NAMES,
    ReplyMarks,
    ReplyScorer,
    ReplyScorerError,
    fit_scorer,
    folds_of_groups,
)

NOTHING = ReplyMarks(**dict.fromkeys(MARK_NAMES, 0.0))


def rows() -> tuple[list[ReplyMarks], list[bool]]:
    marks = [replace(NOTHING, told=number / 40) for number in range(40)]
    return marks, [number >= 20 for number in range(40)]


def test_scorer_learns_which_way_a_mark_points() -> None:
    scorer = fit_scorer(*rows(), names=["told"])

    assert scorer.weights["told"] > 0
    assert scorer.probability(replace(NOTHING, told=1.0)) > scorer.threshold
    assert scorer.probability(NOTHING) < scorer.threshold


def test_reasons_name_the_marks_that_move_a_reply_most() -> None:
    scorer = fit_scorer(*rows(), names=["told", "transfer"])

    [reason] = scorer.reasons(replace(NOTHING, told=1.0))

    assert (reason.mark, reason.weight > 0) == ("told", True)


def test_judgements_that_are_all_alike_teach_nothing() -> None:
    with pytest.raises(ReplyScorerError):
        fit_scorer([NOTHING] * 3, [True] * 3)


def test_data_of_another_program_are_refused() -> None:
    data = {"bias": 0, "threshold": 0.5, "marks": {"colour": {"weight": 1, "mean": 0}}}

    with pytest.raises(ReplyScorerError):
        ReplyScorer.from_data(data)


def test_folds_never_part_a_group() -> None:
    groups = [str(number // 3) for number in range(30)]

    seen = []
    for known, hidden in folds_of_groups(groups, folds=4):
        assert not {groups[place] for place in known} & {groups[place] for place in hidden}
        seen += hidden
    assert sorted(seen) == list(range(30))


def test_a_mark_that_parts_all_rows_is_learned_without_an_end() -> None:
    scorer = fit_scorer(*rows(), names=["told"], ridge=0.0)

    assert scorer.probability(replace(NOTHING, told=1.0)) > 0.99
    assert scorer.probability(NOTHING) < 0.01


def test_rules_can_be_left_out_of_the_call() -> None:
    scorer = fit_scorer(*rows(), names=["told"])
    acts = replace(NOTHING, measure=1.0)

    assert not is_empty(acts, scorer)
    assert is_empty(acts, scorer, by_rules=False)
