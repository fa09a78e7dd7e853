"""Sort messages into a city's own topics, as its people sorted earlier ones.

Training needs rows with a label; prediction returns probabilities that come true as often as they
say, abstains where the city's wanted accuracy would not be met, and names the words that led there.

Source: own arrangement of a penalised linear model over character sequences and words; see
``topic_features``, ``topic_training``, ``topic_calibration``, ``topic_levels`` and ``topic_parts``
for the methods.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.calibration import (
    calibration_error,
    cross_calibrate,
    fit_calibration,
    macro_f1,
)
from civicloop.engines.text.topics.features import (
    Batch,
    Floats,
    Ints,
    cut_parts,
    read_batch,
    read_corpus,
)
from civicloop.engines.text.topics.groups import fold_count, fold_of_rows, group_rows, newest_rows
from civicloop.engines.text.topics.levels import Level, LevelSummary, levels_of, summarise_levels
from civicloop.engines.text.topics.model import (
    CompactTopics,
    HiddenSummary,
    Scored,
    TopicModelSummary,
    UnusedLabel,
    UsualMessages,
    WordWeight,
    explain_words,
    shrink,
)
from civicloop.engines.text.topics.parts import FurtherTopic, further_topics
from civicloop.engines.text.topics.storage import TopicModelFileError, pack_topics, read_topics
from civicloop.engines.text.topics.training import (
    MIN_MESSAGES,
    HiddenScores,
    Progress,
    fit_linear,
    known_ratio,
    score_out_of_fold,
)

__all__ = [
    "FurtherTopic",
    "HiddenGuess",
    "HiddenSummary",
    "LabelledText",
    "LevelChoice",
    "LevelSummary",
    "NotEnoughLabelsError",
    "TopicModel",
    "TopicModelFileError",
    "TopicModelSummary",
    "TopicSuggestion",
    "TopicText",
    "TopicTraining",
    "UnusedLabel",
    "UsualMessages",
    "WordWeight",
    "learn_topics",
    "train_topic_model",
]

MIN_ROWS = 3  # labels with fewer rows are left out
MOST_RANKED = 5  # labels that a suggestion names
ROWS_PER_KNOWN_FEATURE = 25_000  # of larger training sets, features must occur in more messages

_Doubles = NDArray[np.float64]


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
    label: str  # a path such as "a/b/c", or a plain name
    subject: str = ""
    group: str = ""  # author or known group; near-identical texts are found without
    received_at: datetime | None = None
    key: str = ""  # what the caller calls the row


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChoice:
    """The likeliest topic of one level."""

    label: str  # path down to this level
    probability: float  # sum over the labels below it


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSuggestion:
    """The likeliest topics of a message."""

    label: str
    probability: float  # 0 to 1
    second_label: str
    second_probability: float
    ranked: tuple[tuple[str, float], ...]  # the likeliest labels with their probabilities
    abstained: bool  # the probability is below the model's threshold: let a person decide
    levels: tuple[LevelChoice, ...]  # likeliest topic of each level, top first
    answered_levels: int  # the deepest level that is sure enough; 0: none
    known_ratio: float  # share of the words that training knew
    words: tuple[WordWeight, ...]  # words that speak for the label, strongest first
    further: tuple[FurtherTopic, ...]  # other topics that single sentences are about

    @property
    def answer(self) -> str:
        """The deepest topic that is sure enough, empty where even the top level is not."""
        return self.levels[self.answered_levels - 1].label if self.answered_levels else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenGuess:
    """What a model that did not see a training row makes of it."""

    row: int  # place among the rows that were given
    predicted: str
    probability: float
    second: str
    second_probability: float
    abstained: bool
    is_newest: bool  # guessed by a model of older rows only


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTraining:
    """A trained model, and how it was checked."""

    model: "TopicModel"
    guesses: tuple[HiddenGuess, ...]  # one for each row that was used


class TopicModel:
    """A trained model; make one with :func:`train_topic_model` or :meth:`from_bytes`."""

    def __init__(self, topics: CompactTopics) -> None:
        self._topics = topics
        self._levels = levels_of(topics.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that can be predicted, sorted."""
        return self._topics.labels

    @property
    def summary(self) -> TopicModelSummary:
        """What is known about the model's quality, from rows it did not see."""
        return self._topics.summary

    def predict(
        self, messages: Sequence[TopicText], *, explain: bool = True, further: bool = True
    ) -> list[TopicSuggestion]:
        """Return the likeliest topics of each message.

        Args:
            messages: Messages; a message without any known feature gets the commonest label.
            explain: Name the words that led there and the further topics, which takes about
                half of the time.
            further: Where it explains: name the further topics, too.

        Returns:
            One suggestion per message, in the same order.
        """
        return [
            suggestion
            for part in cut_parts([(message.text, message.subject) for message in messages])
            for suggestion in self._predict_part(read_batch(part), explain=explain, further=further)
        ]

    def scores_of(self, texts: Sequence[str]) -> Floats:
        """Return how much short texts, for instance words, speak for each label by themselves.

        Args:
            texts: Texts, each taken for a message without a subject.

        Returns:
            Scores in the order of the labels, shape (texts, labels).
        """
        parts = cut_parts([(text, "") for text in texts])
        return np.concatenate([self._topics.score(read_batch(part)).scores for part in parts])

    def _predict_part(
        self, batch: Batch, *, explain: bool, further: bool
    ) -> Iterator[TopicSuggestion]:
        scored = self._topics.score(batch)
        shares = self._topics.calibration.probabilities(scored.scores)
        order = np.argsort(-shares, axis=1, kind="stable")
        ranked = self._ranked(order[:, :MOST_RANKED], shares)
        known = self._known(batch, scored)
        first = order[:, 0]
        words = explain_words(batch, scored, first) if explain else []
        others = self._further(batch, scored, first) if explain and further else []
        levels = list(zip(*(self._choices(level, shares) for level in self._levels), strict=True))
        thresholds = [level.threshold for level in self.summary.levels]
        for row, likeliest in enumerate(ranked):
            (best, probability), (other, second_probability) = likeliest[:2]
            sure = [
                level.probability >= threshold
                for level, threshold in zip(levels[row], thresholds, strict=True)
            ]
            yield TopicSuggestion(
                label=best,
                probability=probability,
                second_label=other,
                second_probability=second_probability,
                ranked=likeliest,
                abstained=not sure[-1],
                levels=levels[row],
                answered_levels=max(
                    (number for number, is_sure in enumerate(sure, 1) if is_sure), default=0
                ),
                known_ratio=known[row],
                words=words[row] if explain else (),
                further=others[row] if others else (),
            )

    def _ranked(self, order: Ints, shares: _Doubles) -> list[tuple[tuple[str, float], ...]]:
        likeliest = np.take_along_axis(shares, order, axis=1)
        return [
            tuple((self.labels[place], share) for place, share in zip(*both, strict=True))
            for both in zip(order.tolist(), likeliest.tolist(), strict=True)
        ]

    def _further(self, batch: Batch, scored: Scored, first: Ints) -> list[tuple[FurtherTopic, ...]]:
        topics = self._topics
        return further_topics(batch, scored, first, topics.labels, topics.calibration)

    def _known(self, batch: Batch, scored: Scored) -> list[float]:
        word_counts = np.bincount(batch.word_rows, minlength=batch.messages)
        topics = self._topics
        ratios = known_ratio(scored.counts.matrix, topics.keys, topics.weights, word_counts)
        return [float(ratio) for ratio in ratios.tolist()]

    @staticmethod
    def _choices(level: Level, shares: _Doubles) -> list[LevelChoice]:
        own = level.shares(shares)
        return [
            LevelChoice(label=level.topics[best], probability=float(own[row, best]))
            for row, best in enumerate(own.argmax(axis=1).tolist())
        ]

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


def train_topic_model(
    rows: Sequence[LabelledText],
    *,
    answer_accuracy: float = 0.965,
    progress: Progress | None = None,
) -> TopicModel:
    """Train a model as :func:`learn_topics` does, and forget how it was checked."""
    return learn_topics(rows, answer_accuracy=answer_accuracy, progress=progress).model


def learn_topics(
    rows: Sequence[LabelledText],
    *,
    answer_accuracy: float = 0.965,
    progress: Progress | None = None,
) -> TopicTraining:
    """Train a model on a city's own labelled rows.

    Args:
        rows: Labelled messages. Labels with fewer than ``MIN_ROWS`` rows are left out and named
            in the summary. Where all rows have a time, the newest are one of the hidden parts.
        answer_accuracy: Accuracy wanted of the answers; below it the model abstains.
        progress: Is called with steps done and steps in all.

    Returns:
        The model and its guesses. Equal rows in equal order make an equal model.

    Raises:
        NotEnoughLabelsError: Fewer than two labels have enough rows.
    """
    tell = progress or (lambda _done, _steps: None)
    kept, unused = _usable(rows)
    used = [rows[place] for place in kept]
    labels = tuple(sorted({row.label for row in used}))
    number_of = {label: number for number, label in enumerate(labels)}
    targets = np.array([number_of[row.label] for row in used], dtype=np.int64)
    min_messages = max(MIN_MESSAGES, 1 + len(used) // ROWS_PER_KNOWN_FEATURE)
    corpus = read_corpus([(row.text, row.subject) for row in used], min_messages=min_messages)
    folds = fold_count(corpus.matrix.nnz * len(labels))
    groups = group_rows([row.text or row.subject for row in used], [row.group for row in used])
    times = [row.received_at for row in used]
    fold = fold_of_rows(targets, groups, folds=folds, times=times)
    hidden = score_out_of_fold(corpus, targets, fold, labels=len(labels), progress=tell)
    shares = cross_calibrate(hidden.scores, targets, fold)
    linear = fit_linear(corpus.matrix, corpus.keys, targets, labels=len(labels))
    tell(folds + 1, folds + 1)
    levels = levels_of(labels)
    level_summaries = summarise_levels(shares, targets, levels, answer_accuracy=answer_accuracy)
    newest = newest_rows(times, share=1 / folds)
    threshold = level_summaries[-1].threshold
    summary = _summary(
        shares,
        targets,
        levels=level_summaries,
        unused=unused,
        newest=_hidden_summary(shares, targets, newest, threshold) if len(newest) else None,
        usual=_usual(shares, hidden, levels[0]),
    )
    calibration = fit_calibration(hidden.scores, targets)
    compact = shrink(linear, labels=labels, calibration=calibration, summary=summary)
    guesses = _guesses(shares, labels, rows=kept, newest=set(newest.tolist()), threshold=threshold)
    return TopicTraining(model=TopicModel(compact), guesses=tuple(guesses))


def _usable(rows: Sequence[LabelledText]) -> tuple[list[int], tuple[UnusedLabel, ...]]:
    """Return the places of the rows whose label has rows enough, and the other labels."""
    counts = Counter(row.label for row in rows)
    unused = {label: count for label, count in counts.items() if count < MIN_ROWS}
    if len(counts) - len(unused) < 2:
        raise NotEnoughLabelsError(len(rows), dict(sorted(counts.items())))
    return (
        [place for place, row in enumerate(rows) if row.label not in unused],
        tuple(UnusedLabel(label=label, rows=count) for label, count in sorted(unused.items())),
    )


def _summary(
    shares: _Doubles,
    targets: Ints,
    *,
    levels: tuple[LevelSummary, ...],
    unused: tuple[UnusedLabel, ...],
    newest: HiddenSummary | None,
    usual: UsualMessages,
) -> TopicModelSummary:
    threshold = levels[-1].threshold
    figures = _hidden_summary(shares, targets, np.arange(len(targets)), threshold)
    return TopicModelSummary(
        rows=figures.rows,
        accuracy=figures.accuracy,
        macro_f1=macro_f1(shares.argmax(axis=1), targets, labels=shares.shape[1]),
        ece=figures.ece,
        threshold=threshold,
        coverage=figures.coverage,
        answered_accuracy=figures.answered_accuracy,
        unused_labels=unused,
        levels=levels,
        newest=newest,
        usual=usual,
    )


def _hidden_summary(shares: _Doubles, targets: Ints, rows: Ints, threshold: float) -> HiddenSummary:
    right = shares[rows].argmax(axis=1) == targets[rows]
    answered = shares[rows].max(axis=1) >= threshold
    return HiddenSummary(
        rows=len(rows),
        accuracy=float(right.mean()),
        ece=calibration_error(shares[rows], targets[rows]),
        coverage=float(answered.mean()),
        answered_accuracy=float(right[answered].mean()) if answered.any() else None,
    )


def _usual(shares: _Doubles, hidden: HiddenScores, top: Level) -> UsualMessages:
    chosen = np.bincount(top.shares(shares).argmax(axis=1), minlength=len(top.topics))
    best = shares.max(axis=1)
    return UsualMessages(
        top_shares=dict(zip(top.topics, (chosen / len(shares)).tolist(), strict=True)),
        probability=(float(best.mean()), float(best.std())),
        known=(float(hidden.known.mean()), float(hidden.known.std())),
    )


def _guesses(
    shares: _Doubles,
    labels: tuple[str, ...],
    *,
    rows: Sequence[int],
    newest: set[int],
    threshold: float,
) -> Iterator[HiddenGuess]:
    order = np.argsort(-shares, axis=1, kind="stable")[:, :2].tolist()
    for place, (best, other) in enumerate(order):
        probability = float(shares[place, best])
        yield HiddenGuess(
            row=rows[place],
            predicted=labels[best],
            probability=probability,
            second=labels[other],
            second_probability=float(shares[place, other]),
            abstained=probability < threshold,
            is_newest=place in newest,
        )
