"""Place messages in a space of problems, where different words for one trouble lie close.

"Refund", "fee not returned" and "money kept" share few characters but keep the same company. The
main axes of how grams occur together are learned from the city's own messages; grams that stand
in names count little, so that the axes are about problems, not places.

Source: latent semantic analysis, Deerwester et al. (JASIS 1990); subspace iteration from a fixed
start after Halko, Martinsson & Tropp (SIAM Review 2011).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.events.grams import GRAM_SPACE, Rows, sliced, taken

if TYPE_CHECKING:
    from scipy import sparse

Singles = npt.NDArray[np.float32]

AXES = 60
_SPARE_AXES = 10
_ROUNDS = 4
_LEAST_MESSAGES = 5
_COLUMNS_MOST = 60_000
_LEARNED_ON_MOST = 12_000
_SUBJECT_WEIGHT = 3.0
_ROWS_AT_ONCE = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Where each gram lies.

    Attributes:
        weight: per gram, how much an occurrence counts.
        column: per gram its row in ``axes``; the last row, all zero, for grams not learned.
        axes: shape (grams learned + 1, ``AXES`` or fewer).
    """

    weight: Singles
    column: npt.NDArray[np.int32]
    axes: Singles


def learn_meaning(rows: Rows, rarity: Singles, name: Singles) -> Meaning:
    """Learn the axes from messages.

    Args:
        rows: the messages' pair grams; at most 12,000 of them, evenly spread, are learned from.
        rarity: per gram.
        name: per gram, the share of its occurrences that stand in a name.
    """
    weight = rarity * (1 - name) ** 2
    step = -(-len(rows) // _LEARNED_ON_MOST) or 1
    sample = taken(rows, np.arange(0, len(rows), step))
    holding = np.bincount(sample.gram, minlength=GRAM_SPACE)
    grams = np.flatnonzero(holding >= _LEAST_MESSAGES)
    grams = np.sort(grams[np.argsort(-holding[grams], kind="stable")[:_COLUMNS_MOST]])
    column = np.full(GRAM_SPACE, len(grams), np.int32)
    column[grams] = np.arange(len(grams))
    axes = _main_axes(_matrix(sample, weight, column, len(grams)))
    return Meaning(weight=weight, column=column, axes=axes)


def meanings(rows: Rows, meaning: Meaning) -> Singles:
    """Place messages on the axes: one row of length one each, or of zeros where nothing is known."""
    parts = [np.empty((0, meaning.axes.shape[1]), np.float32)]
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        part = sliced(rows, first, min(first + _ROWS_AT_ONCE, len(rows)))
        found = _on_axes(part, meaning)
        length = np.linalg.norm(found, axis=1, keepdims=True)
        parts.append(found / np.maximum(length, 1e-6))
    return np.concatenate(parts)


def _on_axes(rows: Rows, meaning: Meaning) -> Singles:
    columns = len(meaning.axes) - 1
    if len(rows) > 1:
        return np.asarray(_matrix(rows, meaning.weight, meaning.column, columns) @ meaning.axes)
    # One alone is added up sooner than SciPy has set up a matrix, in the same order.
    value = _weighed(rows, meaning.weight, meaning.column, columns)
    terms = value[:, np.newaxis] * meaning.axes[meaning.column[rows.gram]]
    return np.asarray(terms.sum(axis=0, keepdims=True))


def _matrix(
    rows: Rows, weight: Singles, column: npt.NDArray[np.int32], columns: int
) -> "sparse.csr_matrix":
    """Weigh the grams of each message; every row has length one."""
    from scipy import sparse

    value = _weighed(rows, weight, column, columns)
    shape = (len(rows), columns + 1)
    return sparse.csr_matrix((value, column[rows.gram], rows.start), shape=shape)


def _weighed(rows: Rows, weight: Singles, column: npt.NDArray[np.int32], columns: int) -> Singles:
    value = weight[rows.gram] * rows.emphasis() * np.where(rows.in_subject(), _SUBJECT_WEIGHT, 1.0)
    number = rows.owners()
    known = column[rows.gram] < columns
    squares = np.bincount(number, weights=np.where(known, value, 0.0) ** 2, minlength=len(rows))
    value = value / np.sqrt(np.maximum(squares, 1e-6))[number]
    return np.asarray(value, np.float32)


def _main_axes(matrix: "sparse.csr_matrix") -> Singles:
    """Find the right singular vectors of the largest singular values."""
    count = min(AXES + _SPARE_AXES, *matrix.shape)
    start = np.random.default_rng(0).standard_normal((matrix.shape[1], count))
    span = np.linalg.qr(matrix @ start.astype(np.float32))[0]
    for _ in range(_ROUNDS):
        span = np.linalg.qr(matrix @ np.linalg.qr(matrix.T @ span)[0])[0]
    small = np.asarray((matrix.T @ span).T)
    axes = np.linalg.svd(small, full_matrices=False)[2][:AXES].T
    axes[-1] = 0.0
    return np.ascontiguousarray(axes, dtype=np.float32)
