"""Sort messages into a city's own topics, as its people sorted earlier ones.

Training needs rows with a label; prediction returns probabilities that come true as often as they
say, abstains where the city's wanted accuracy would not be met, and names the words that led there.

Source: own arrangement of a penalised linear model over character sequences and words; see
``topic_features``, ``topic_training`` and ``topic_calibration`` for the methods.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from civicloop.engines.text.topic_calibration import (
    calibration_error,
    choose_threshold,
    cross_calibrate,
    fit_calibration,
    macro_f1,
)
from civicloop.engines.text.topic_features import Ints, count_features, known_keys, read_batch
from civicloop.engines.text.topic_model import (
    CompactTopics,
    TopicModelSummary,
    UnusedLabel,
    WordWeight,
    explain_words,
    shrink,
)
from civicloop.engines.text.topic_storage import TopicModelFileError, pack_topics, read_topics
from civicloop.engines.text.topic_training import (
    MIN_MESSAGES,
    Progress,
    fit_linear,
    fold_of_rows,
    score_out_of_fold,
)
from civicloop.engines.text.words import fold as fold_text

__all__ = [
    "LabelledText",
    "NotEnoughLabelsError",
    "TopicModel",
    "TopicModelFileError",
    "TopicModelSummary",
    "TopicSuggestion",
    "TopicText",
    "UnusedLabel",
    "WordWeight",
    "train_topic_model",
]

MIN_ROWS = 3  # labels with fewer rows are left out
FOLDS = 5
FEWER_FOLDS = 3
FEWER_FOLDS_FROM = 200_000_000  # features of all training messages times labels
BATCH_CHARACTERS = 300_000  # bounds the memory of a prediction


class NotEnoughLabelsError(ValueError):
    """Fewer than two labels have enough rows."""

    def __init__(self, rows: int, rows_by_label: dict[str, int]) -> None:
        self.rows = rows
        self.rows_by_label = rows_by_label
        super().__init__(
            f"need 2 labels with {MIN_ROWS} rows each, got {rows} rows: {rows_by_label}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicText:
    """A message to be sorted."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A message that people sorted."""

    text: str
    label: str
    subject: str = ""
    group: str = ""  # rows of one author or of one text, kept together when folds are made


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSuggestion:
    """The two likeliest topics of a message."""

    label: str
    probability: float  # 0 to 1
    second_label: str
    second_probability: float
    abstained: bool  # the probability is below the model's threshold: let a person decide
    words: tuple[WordWeight, ...]  # words that speak for the label, strongest first


class TopicModel:
    """A trained model; make one with :func:`train_topic_model` or :meth:`from_bytes`."""

    def __init__(self, topics: CompactTopics) -> None:
        self._topics = topics

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that can be predicted, sorted."""
        return self._topics.labels

    @property
    def summary(self) -> TopicModelSummary:
        """What is known about the model's quality, from rows it did not see."""
        return self._topics.summary

    def predict(
        self, messages: Sequence[TopicText], *, explain: bool = True
    ) -> list[TopicSuggestion]:
        """Return the likeliest topics of each message.

        Args:
            messages: Messages; a message without any known feature gets the commonest label.
            explain: Name the words that led there, which takes about a third of the time.

        Returns:
            One suggestion per message, in the same order.
        """
        return [
            suggestion
            for part in _parts(messages)
            for suggestion in self._predict_part(part, explain=explain)
        ]

    def _predict_part(
        self, messages: Sequence[TopicText], *, explain: bool
    ) -> Iterator[TopicSuggestion]:
        batch = read_batch([(message.text, message.subject) for message in messages])
        scored = self._topics.score(batch)
        shares = self._topics.calibration.probabilities(scored.scores)
        order = np.argsort(-shares, axis=1, kind="stable")
        first, second = order[:, 0], order[:, 1]
        words = explain_words(batch, scored, first) if explain else [()] * len(messages)
        for row, (best, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            probability = float(shares[row, best])
            yield TopicSuggestion(
                label=self.labels[best],
                probability=probability,
                second_label=self.labels[other],
                second_probability=float(shares[row, other]),
                abstained=probability < self.summary.threshold,
                words=words[row],
            )

    def to_bytes(self) -> bytes:
        """Return the model as a file: arrays and JSON in a ZIP archive, nothing executable."""
        return pack_topics(self._topics)

    @classmethod
    def from_bytes(cls, payload: bytes) -> "TopicModel":
        """Return the model that :meth:`to_bytes` wrote.

        Raises:
            TopicModelFileError: The file is damaged, no topic model, or of a later version.
        """
        return cls(read_topics(payload))


def _parts(messages: Sequence[TopicText]) -> Iterator[Sequence[TopicText]]:
    """Cut the messages into parts of about ``BATCH_CHARACTERS``."""
    start = characters = 0
    for row, message in enumerate(messages):
        characters += len(message.text) + len(message.subject)
        if characters >= BATCH_CHARACTERS:
            yield messages[start : row + 1]
            start, characters = row + 1, 0
    if start < len(messages):
        yield messages[start:]


def train_topic_model(
    rows: Sequence[LabelledText],
    *,
    answer_accuracy: float = 0.965,
    progress: Progress | None = None,
) -> TopicModel:
    """Train a model on a city's own labelled rows.

    Args:
        rows: Labelled messages. Labels with fewer than ``MIN_ROWS`` rows are left out and named
            in the summary.
        answer_accuracy: Accuracy wanted of the answers; below it the model abstains.
        progress: Is called with steps done and steps in all.

    Returns:
        The model. Equal rows in equal order make an equal model.

    Raises:
        NotEnoughLabelsError: Fewer than two labels have enough rows.
    """
    tell = progress or (lambda _done, _steps: None)
    kept, unused = _usable(rows)
    labels = tuple(sorted({row.label for row in kept}))
    number_of = {label: number for number, label in enumerate(labels)}
    targets = np.array([number_of[row.label] for row in kept], dtype=np.int64)
    batch = read_batch([(row.text, row.subject) for row in kept])
    counts = count_features(batch, known_keys(batch, min_messages=MIN_MESSAGES))
    folds = FEWER_FOLDS if counts.matrix.nnz * len(labels) >= FEWER_FOLDS_FROM else FOLDS
    fold = fold_of_rows(targets, _groups(kept), folds=folds)
    scores = score_out_of_fold(counts, targets, fold, labels=len(labels), progress=tell)
    calibration = fit_calibration(scores, targets)
    shares = cross_calibrate(scores, targets, fold)
    threshold = choose_threshold(shares, targets, answer_accuracy=answer_accuracy)
    linear = fit_linear(counts.matrix, counts.keys, targets, labels=len(labels))
    tell(folds + 1, folds + 1)
    return TopicModel(
        shrink(
            linear,
            labels=labels,
            calibration=calibration,
            summary=_summary(shares, targets, threshold=threshold, unused=unused),
        )
    )


def _usable(
    rows: Sequence[LabelledText],
) -> tuple[list[LabelledText], tuple[UnusedLabel, ...]]:
    counts = Counter(row.label for row in rows)
    unused = {label: count for label, count in counts.items() if count < MIN_ROWS}
    if len(counts) - len(unused) < 2:
        raise NotEnoughLabelsError(len(rows), dict(sorted(counts.items())))
    return (
        [row for row in rows if row.label not in unused],
        tuple(UnusedLabel(label=label, rows=count) for label, count in sorted(unused.items())),
    )


def _groups(rows: Sequence[LabelledText]) -> list[str]:
    """Return the group of each row; rows of equal text without a group are one group.

    Where all rows are of one group, nothing could be hidden from it: then each row is its own.
    """
    groups = [f"g{row.group}" if row.group else f"t{fold_text(row.text)}" for row in rows]
    return groups if len(set(groups)) > 1 else [str(row) for row in range(len(rows))]


def _summary(
    shares: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    targets: Ints,
    *,
    threshold: float,
    unused: tuple[UnusedLabel, ...],
) -> TopicModelSummary:
    predicted = shares.argmax(axis=1)
    right = predicted == targets
    answered = shares.max(axis=1) >= threshold
    return TopicModelSummary(
        rows=len(targets),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(predicted, targets, labels=shares.shape[1]),
        ece=calibration_error(shares, targets),
        threshold=threshold,
        coverage=float(answered.mean()),
        answered_accuracy=float(right[answered].mean()) if answered.any() else None,
        unused_labels=unused,
    )
