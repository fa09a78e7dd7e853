"""Turn messages into sparse rows of weighted features: character sequences and words.

A message has two fields, its body and its subject, and each field two kinds of features: sequences
of 1 to 3 characters, which catch short words, names and misspellings, and the words of a
segmentation. A feature is a whole number, so that a city's vocabulary is a sorted array and holds
no readable text.

Source: term weights as in Salton and Buckley 1988, "Term-weighting approaches in automatic text
retrieval" (logarithmic frequency, inverse document frequency, unit length); own arrangement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, chain
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.words import cut_words, fold

if TYPE_CHECKING:
    from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Matrix: TypeAlias = "sparse.csr_array"

LONGEST_SEQUENCE = 3  # characters
CHARACTER_BITS = 18  # enough for every Han character that Unicode has encoded
KEY_BITS = LONGEST_SEQUENCE * CHARACTER_BITS
UNKNOWN_CHARACTER = 0xFFFD
END = "\0"  # stands behind each field, so that no sequence reaches from one into the next
WORDS, SUBJECT = 1, 2  # bits of a feature's family; neither: sequences of the body
FAMILIES = 4
FAMILY_WEIGHTS = np.array([1.2, 1.0, 1.0, 0.7], dtype=np.float32)
PART_CHARACTERS = 300_000  # bounds the memory of what is read at once
WEIGHED_AT_ONCE = 10_000  # messages
TINY = 1e-12  # keeps a division by the length of nothing finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The features of some messages, where they stand, and the words that cover them."""

    messages: int
    text: str  # all fields laid end to end, an END behind each
    field_starts: Ints  # first character of each field, body and subject in turn
    rows: Ints  # message of each feature, shape (occurrences,)
    keys: Ints  # feature, shape (occurrences,)
    starts: Ints  # first character of each feature, shape (occurrences,)
    ends: Ints  # one behind the last character
    words: list[str]  # every word of every field
    word_rows: Ints  # message of each word
    word_starts: Ints  # first character of each word

    @property
    def characters(self) -> int:
        """The length of all fields laid end to end."""
        return len(self.text)


def read_batch(messages: Sequence[tuple[str, str]]) -> Batch:
    """Return the features of messages given as (body, subject).

    Args:
        messages: Body and subject of each message; both may be empty.

    Returns:
        All features with repetitions, in no particular order.
    """
    fields = [fold(field) for message in messages for field in message]
    lengths = np.array([len(field) + 1 for field in fields], dtype=np.int64)
    stream = "".join(chain.from_iterable((field, END) for field in fields))
    codes = _codes(stream)
    field_of = np.repeat(np.arange(len(fields)), lengths)
    sequences = [_sequences(codes, field_of, length) for length in range(1, LONGEST_SEQUENCE + 1)]
    words, word_fields, word_starts = _words(fields, lengths)
    word_keys = _word_keys(words) | (WORDS + SUBJECT * (word_fields % 2)) << KEY_BITS
    word_ends = word_starts + np.array([len(word) for word in words], dtype=np.int64)
    parts = [*sequences, (word_fields // 2, word_keys, word_starts, word_ends)]
    rows, keys, starts, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Batch(
        messages=len(messages),
        text=stream,
        field_starts=np.cumsum(lengths) - lengths,
        rows=rows,
        keys=keys,
        starts=starts,
        ends=ends,
        words=words,
        word_rows=word_fields // 2,
        word_starts=word_starts,
    )


def _codes(stream: str) -> Ints:
    codes = np.frombuffer(stream.encode("utf-32-le"), dtype="<u4").astype(np.int64)
    codes[codes >= 1 << CHARACTER_BITS] = UNKNOWN_CHARACTER
    return codes


def _sequences(codes: Ints, field_of: Ints, length: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Return row, key, start and end of each sequence of ``length`` characters."""
    count = max(len(codes) - length + 1, 0)
    keys = np.zeros(count, dtype=np.int64)
    inside = np.ones(count, dtype=np.bool_)
    for offset in range(length):
        part = codes[offset : offset + count]
        keys = keys << CHARACTER_BITS | part
        inside &= part != 0
    starts = np.flatnonzero(inside)
    fields = field_of[starts]
    return fields // 2, keys[starts] | (SUBJECT * (fields % 2)) << KEY_BITS, starts, starts + length


def _words(fields: Sequence[str], lengths: Ints) -> tuple[list[str], Ints, Ints]:
    """Return the words of all fields, the field and the first character of each."""
    cuts = [cut_words(field) if field else [] for field in fields]
    field_starts = np.cumsum(lengths) - lengths
    starts = [
        start
        for words, first in zip(cuts, field_starts.tolist(), strict=True)
        for start in list(accumulate(map(len, words), initial=first))[:-1]
    ]
    of = np.repeat(np.arange(len(fields)), [len(words) for words in cuts])
    return list(chain.from_iterable(cuts)), of, np.array(starts, dtype=np.int64)


def _word_keys(words: Sequence[str]) -> Ints:
    key_of = {word: _word_key(word) for word in set(words)}
    return np.array([key_of[word] for word in words], dtype=np.int64)


def _word_key(word: str) -> int:
    digest = blake2b(word.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") & ((1 << KEY_BITS) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often each known feature stands in each message of a batch."""

    keys: Ints  # sorted known features, shape (features,)
    matrix: Matrix  # counts, shape (messages, features)
    occurrences: Ints  # place in the batch's arrays, for each known occurrence
    cell_of: Ints  # cell of ``matrix.data``, for each known occurrence


def count_features(batch: Batch, keys: Ints) -> Counts:
    """Return how often known features stand in the messages of a batch.

    Args:
        batch: Messages.
        keys: Sorted known features, shape (features,).

    Returns:
        The counts; features that are not known are left out.
    """
    from scipy import sparse

    columns = np.searchsorted(keys, batch.keys)
    columns[columns == len(keys)] = 0
    known = np.flatnonzero(keys[columns] == batch.keys) if len(keys) else np.zeros(0, np.int64)
    width = max(len(keys), 1)
    cells, cell_of, counts = np.unique(
        batch.rows[known] * width + columns[known], return_inverse=True, return_counts=True
    )
    rows, columns = np.divmod(cells, width)
    pointers = np.searchsorted(rows, np.arange(batch.messages + 1))
    matrix = sparse.csr_array(
        (counts.astype(np.float32), columns.astype(np.int32), pointers.astype(np.int32)),
        shape=(batch.messages, len(keys)),
    )
    return Counts(keys=keys, matrix=matrix, occurrences=known, cell_of=cell_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The features of many messages, without their places."""

    keys: Ints  # sorted features that occur in enough messages, shape (features,)
    matrix: Matrix  # how often each stands in each message, shape (messages, features)
    word_counts: Ints  # words of each message, known or not, shape (messages,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Counts of some messages by their own numbering of features."""

    keys: Ints  # sorted, shape (features,)
    messages_with: Ints  # messages that each occurs in
    columns: NDArray[np.int32]
    counts: NDArray[np.uint16]
    row_lengths: Ints
    word_counts: Ints


def read_corpus(messages: Sequence[tuple[str, str]], *, min_messages: int) -> Corpus:
    """Return the features of many messages, read part by part to spare memory.

    Args:
        messages: Body and subject of each message; both may be empty.
        min_messages: Messages that a feature must occur in.

    Returns:
        The counts of all features that occur often enough.
    """
    from scipy import sparse

    parts = [_count_part(read_batch(part)) for part in cut_parts(messages)]
    keys = _frequent_keys(parts, min_messages)
    pieces = [_renumbered(part, keys) for part in parts]
    word_counts = np.concatenate([part.word_counts for part in parts])
    parts.clear()
    pointers = np.concatenate([[0], np.cumsum(np.concatenate([piece[2] for piece in pieces]))])
    columns = np.concatenate([piece[0] for piece in pieces])
    data = np.concatenate([piece[1] for piece in pieces])
    matrix = sparse.csr_array((data, columns, pointers), shape=(len(messages), len(keys)))
    return Corpus(keys=keys, matrix=matrix, word_counts=word_counts)


def cut_parts(messages: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """Cut messages given as (body, subject) into parts of about ``PART_CHARACTERS``."""
    start = characters = 0
    for row, (body, subject) in enumerate(messages):
        characters += len(body) + len(subject)
        if characters >= PART_CHARACTERS:
            yield messages[start : row + 1]
            start, characters = row + 1, 0
    if start < len(messages):
        yield messages[start:]


def _count_part(batch: Batch) -> _Part:
    keys, columns = np.unique(batch.keys, return_inverse=True)
    width = max(len(keys), 1)
    cells, counts = np.unique(batch.rows * width + columns, return_counts=True)
    rows, columns = np.divmod(cells, width)
    return _Part(
        keys=keys,
        messages_with=np.bincount(columns, minlength=len(keys)),
        columns=columns.astype(np.int32),
        counts=np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
        row_lengths=np.bincount(rows, minlength=batch.messages),
        word_counts=np.bincount(batch.word_rows, minlength=batch.messages),
    )


def _frequent_keys(parts: Sequence[_Part], min_messages: int) -> Ints:
    every = np.concatenate([part.keys for part in parts])
    order = np.argsort(every, kind="stable")
    every = every[order]
    messages_with = np.concatenate([part.messages_with for part in parts])[order]
    starts = np.flatnonzero(np.diff(every, prepend=-1))
    sums = np.add.reduceat(messages_with, starts) if len(starts) else messages_with
    kept: Ints = every[starts][sums >= min_messages]
    return kept


def _renumbered(part: _Part, keys: Ints) -> tuple[NDArray[np.int32], Floats, Ints]:
    """Return columns, counts and row lengths of the part's frequent features."""
    places = np.searchsorted(keys, part.keys)
    places[places == len(keys)] = 0
    known = keys[places] == part.keys if len(keys) else np.zeros(len(part.keys), np.bool_)
    kept = known[part.columns]
    rows = np.repeat(np.arange(len(part.row_lengths)), part.row_lengths)[kept]
    return (
        places[part.columns[kept]].astype(np.int32),
        part.counts[kept].astype(np.float32),
        np.bincount(rows, minlength=len(part.row_lengths)),
    )


def weigh(counts: Matrix, keys: Ints, weights: Floats) -> Matrix:
    """Return the matrix of weighted features, each row of unit length or empty.

    Each family of a message is brought to its weight in ``FAMILY_WEIGHTS`` first, so that a short
    subject says as much as it would beside a short body.

    Args:
        counts: How often each feature stands in each message, shape (messages, features).
        keys: Sorted known features, shape (features,).
        weights: Weight of each, for instance its inverse document frequency.

    Returns:
        Shape (messages, features), with the cells of ``counts``.
    """
    from scipy import sparse

    data = np.empty(len(counts.data), dtype=np.float32)
    for first in range(0, counts.shape[0], WEIGHED_AT_ONCE):
        pointers = counts.indptr[first : first + WEIGHED_AT_ONCE + 1]
        cells = slice(pointers[0], pointers[-1])
        columns = counts.indices[cells]
        values = (1 + np.log(counts.data[cells])) * weights[columns]
        rows = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
        data[cells] = _scaled(
            values, rows * FAMILIES + (keys[columns] >> KEY_BITS), len(pointers) - 1
        )
    return sparse.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


def _scaled(values: Floats, group: Ints, messages: int) -> Floats:
    """Bring each family of a message to its weight, and each message to length 1."""
    squares = np.bincount(group, weights=values.astype(np.float64) ** 2)
    squares = np.pad(squares, (0, messages * FAMILIES - len(squares))).reshape(messages, FAMILIES)
    wanted = np.where(squares > 0, FAMILY_WEIGHTS, 0.0)
    lengths = np.sqrt(np.maximum((wanted**2).sum(axis=1, keepdims=True), TINY))
    scale = wanted / lengths / np.sqrt(np.maximum(squares, TINY))
    scaled: Floats = (values * scale.ravel()[group]).astype(np.float32)
    return scaled
