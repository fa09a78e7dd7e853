import numpy as np
import pytest
from scipy import sparse

from civicloop.engines.text.topics.calibration import (
    NEVER,
    Calibration,
    calibration_error,
    choose_threshold,
    cross_calibrate,
    fit_calibration,
    macro_f1,
)
from civicloop.engines.text.topics.training import complement_bayes, own_scales, solve_ridge


def test_ridge_agrees_with_the_normal_equations():
    matrix = np.array([[1, 0, 2], [0, 1, 1], [1, 1, 0], [2, 0, 1]], dtype=np.float32)
    wanted = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], dtype=np.float32)

    coefficients = solve_ridge(sparse.csr_array(matrix), wanted, penalty=0.5, iterations=50)

    exact = np.linalg.solve(matrix.T @ matrix + 0.5 * np.eye(3), matrix.T @ wanted)
    assert coefficients == pytest.approx(exact, abs=1e-3)


def test_ridge_of_nothing_is_zero():
    matrix = sparse.csr_array((2, 3), dtype=np.float32)

    coefficients = solve_ridge(matrix, np.zeros((2, 1), np.float32), penalty=1, iterations=5)

    assert coefficients.tolist() == [[0], [0], [0]]


def test_ridge_stops_after_the_allowed_iterations():
    matrix = sparse.csr_array(np.diag(np.array([1, 2, 3, 4], dtype=np.float32)))
    wanted = np.ones((4, 1), dtype=np.float32)

    once = solve_ridge(matrix, wanted, penalty=0.1, iterations=1)

    # one step of the steepest descent: duals = wanted * (4 / (30 + 0.4))
    assert once.ravel() == pytest.approx(np.array([1, 2, 3, 4]) * 4 / 30.4, rel=1e-5)


def test_ridge_with_scales_is_that_of_scaled_features():
    matrix = np.array([[1, 0, 2], [0, 1, 1], [1, 1, 0], [2, 0, 1]], dtype=np.float32)
    wanted = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], dtype=np.float32)
    scales = np.array([[1, 2], [0.5, 1], [2, 0.3]], dtype=np.float32)

    found = solve_ridge(sparse.csr_array(matrix), wanted, penalty=0.5, iterations=50, scales=scales)

    for label in (0, 1):
        scaled = matrix * scales[:, label]
        exact = np.linalg.solve(scaled.T @ scaled + 0.5 * np.eye(3), scaled.T @ wanted[:, label])
        assert found[:, label] == pytest.approx(exact * scales[:, label], abs=1e-3)


def test_a_feature_counts_more_for_the_label_it_tells():
    matrix = sparse.csr_array(
        np.array([[3, 1, 0], [2, 1, 0], [0, 1, 1], [0, 1, 1], [0, 1, 0.2]], dtype=np.float32)
    )

    scales = own_scales(matrix, np.array([0, 0, 1, 1, 2]), labels=3)

    # The first stands in both messages of label 0 and in none else, the second everywhere: of the
    # seven cells and three of grace inside and outside, 3/7 against 1/9 and 3/7 against 4/9.
    apart, alike, other = np.log(3 / 7 * 9), np.log(3 / 7 * 9 / 4), np.log(1 / 7 * 9 / 4)
    usual = np.sqrt((apart**2 + alike**2 + other**2) / 3)
    assert scales[:, 0] == pytest.approx(
        0.5 + 0.5 * np.abs([apart, alike, other]) / usual, rel=1e-5
    )
    assert scales[0, 0] > scales[2, 0] > scales[1, 0]


def test_bayes_favours_the_label_in_which_a_feature_is_not_rare():
    matrix = sparse.csr_array(np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32))

    coefficients = complement_bayes(matrix, np.array([0, 0, 1]), labels=2)

    # outside label 0 the first feature has a mass of 0.01 of 1.02, outside label 1 of 2.01 of 2.02
    lead = np.log(1.02 / 0.01) - np.log(2.02 / 2.01)
    assert coefficients[0].tolist() == pytest.approx([lead / 2, -lead / 2], rel=1e-4)
    assert coefficients.sum(axis=1) == pytest.approx([0, 0], abs=1e-5)


# Four rows of equal contrast: the first label is right in three of them.
SCORES = np.array([[1, -1]] * 4, dtype=np.float32)
TARGETS = np.array([0, 0, 0, 1])


def test_probabilities_sum_to_one_and_match_the_frequencies():
    scores = np.vstack([SCORES, -SCORES])
    targets = np.concatenate([TARGETS, 1 - TARGETS])

    shares = fit_calibration(scores, targets).probabilities(scores)

    assert shares.sum(axis=1) == pytest.approx(np.ones(8))
    # each label has 4 rows, three of them right; so few leave room for doubt
    assert 0.7 < shares[0, 0] < 0.75


def test_only_the_proportions_of_scores_decide_nearly():
    calibration = fit_calibration(np.vstack([SCORES, -SCORES]), np.tile(TARGETS, 2))

    near, far = calibration.probabilities(np.array([[0.5, -0.5], [1, -1]], dtype=np.float32))[:, 0]

    assert far == pytest.approx(near, abs=0.1)


def test_the_first_choice_is_adjusted_to_what_came_true_and_stays_the_first():
    # Two thirds of the rows are clear, but a fifth of all labels are wrong.
    draw = np.random.default_rng(5)
    targets = draw.integers(0, 3, 600)
    scores = np.eye(3, dtype=np.float32)[targets] + draw.normal(0, 0.3, (600, 3)).astype(np.float32)
    wrong = draw.random(600) < 0.2
    labels = np.where(wrong, (targets + 1) % 3, targets)

    shares = fit_calibration(scores, labels).probabilities(scores)

    assert calibration_error(shares, labels) < 0.06
    assert shares.sum(axis=1) == pytest.approx(np.ones(600))
    plain = Calibration(slope=8, biases=np.zeros(3), stretch=1, shift=0).probabilities(scores)
    strict = Calibration(slope=8, biases=np.zeros(3), stretch=1, shift=-9).probabilities(scores)
    assert strict.argmax(axis=1).tolist() == plain.argmax(axis=1).tolist()


def test_cross_calibration_does_not_look_at_the_hidden_fold():
    scores = np.vstack([SCORES, SCORES])
    targets = np.array([0, 0, 0, 0, 1, 1, 1, 1])

    shares = cross_calibrate(scores, targets, np.array([0] * 4 + [1] * 4))

    assert (shares[:4, 0] < 0.5).all()
    assert (shares[4:, 0] > 0.5).all()


SHARES = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])


def test_threshold_is_the_lowest_that_keeps_the_accuracy():
    targets = np.array([0, 0, 1, 1])  # right, right, right, wrong from the surest down

    assert choose_threshold(SHARES, targets, answer_accuracy=0.9) == 0.7
    assert choose_threshold(SHARES, 1 - targets, answer_accuracy=0.9) == NEVER


def test_all_rows_are_answered_where_all_suffice():
    assert choose_threshold(SHARES, np.array([0, 1, 1, 0]), answer_accuracy=0.75) == 0.5


def test_threshold_is_out_of_reach_where_the_surest_rows_are_wrong():
    targets = np.array([1, 1, 0, 1])

    assert choose_threshold(SHARES, targets, answer_accuracy=0.9) == NEVER


def test_macro_f1_is_the_mean_over_all_labels():
    f1 = macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), labels=3)

    assert f1 == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)


def test_calibration_error_is_the_gap_between_stated_and_true():
    error = calibration_error(SHARES, np.array([0, 1, 1, 0]))

    assert error == pytest.approx((0.1 + 0.8 + 0.3 + 0.4) / 4)
