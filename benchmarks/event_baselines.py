"""What a data scientist would try first to join appeals: three baselines, in NumPy and SciPy.

Each takes texts and gives a cluster number for every text. They are plain on purpose, but not
slowed down: the heavy steps run in compiled code.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

Ints = npt.NDArray[np.int64]

_COLUMNS = 1 << 20
_ROWS_AT_ONCE = 1000
_HASHES = 64
_BANDS = 16
_PRIME = (1 << 31) - 1


def tf_idf(texts: Sequence[str]) -> sparse.csr_matrix:
    """Characters 2 to 4, hashed; sublinear counts, smoothed rarity, rows of length one."""
    grams = [
        np.array(
            [hash(text[k : k + n]) % _COLUMNS for n in (2, 3, 4) for k in range(len(text) - n + 1)]
        )
        for text in texts
    ]
    start = np.cumsum([0, *map(len, grams)])
    shape = (len(texts), _COLUMNS)
    counts = sparse.csr_matrix((np.ones(start[-1]), np.concatenate(grams), start), shape=shape)
    counts.sum_duplicates()
    holding = np.bincount(counts.indices, minlength=_COLUMNS)
    counts.data = (1 + np.log(counts.data)) * np.log((1 + len(texts)) / (1 + holding))[
        counts.indices
    ]
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-9)) @ counts)


def average_link(texts: Sequence[str], *, least: float = 0.25) -> Ints:
    """Average link over all pairs: the square of the number of texts in time and in memory."""
    rows = tf_idf(texts)
    distance = 1 - np.asarray((rows @ rows.T).todense(), np.float32)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(np.maximum(distance, 0), checks=False), "average")
    return np.asarray(fcluster(tree, 1 - least, "distance"), np.int64)


def dbscan(texts: Sequence[str], *, least: float = 0.45) -> Ints:
    """DBSCAN with two neighbours needed: what hangs together by cosines of at least ``least``."""
    rows = tf_idf(texts)
    columns = rows.T.tocsr()
    links = []
    for first in range(0, len(texts), _ROWS_AT_ONCE):
        near = rows[first : first + _ROWS_AT_ONCE] @ columns
        near.data[near.data < least] = 0
        near.eliminate_zeros()
        links.append(near)
    return np.asarray(connected_components(sparse.vstack(links), directed=False)[1], np.int64)


def min_hash(texts: Sequence[str]) -> Ints:
    """MinHash over characters by three, 16 bands of 4: near copies meet in a band."""
    stream = np.random.default_rng(1)
    factor, offset = (stream.integers(1, _PRIME, _HASHES) for _ in range(2))
    signature = np.zeros((len(texts), _HASHES), np.int64)
    for number, text in enumerate(texts):
        grams = np.array([hash(text[k : k + 3]) % _PRIME for k in range(max(len(text) - 2, 1))])
        signature[number] = ((grams[:, None] * factor + offset) % _PRIME).min(axis=0)
    label = np.arange(len(texts))
    one, other = [], []
    for band in np.split(signature, _BANDS, axis=1):
        group = np.unique(band, axis=0, return_inverse=True)[1].ravel()
        first = np.full(group.max() + 1, len(texts))
        np.minimum.at(first, group, label)
        one.append(label)
        other.append(first[group])
    ends = np.concatenate(one), np.concatenate(other)
    graph = sparse.coo_matrix((np.ones(len(ends[0])), ends), shape=(len(texts), len(texts)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
