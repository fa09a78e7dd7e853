"""Train a version of the topic model, put one to use, go back to an older one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial

import numpy as np
from django.db import transaction
from django.db.models import Max

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.issues.actions.topics import NoTopicModelError, active_model
from civicloop.apps.issues.model_gain import gain_on_unseen, kept_comparison, row_digest
from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.issues.topic_check import check_figures
from civicloop.engines.text.topics import (
    LabelledText,
    TopicModel,
    learn_topics,
)
from civicloop.engines.text.topics.questions import find_label_conflicts
from civicloop.engines.text.words import cut_words, fold

Progress = Callable[[str, int, int], None]

ANSWER_ACCURACY = 0.965
WORDS_SHOWN = 40
WORD_GROUPS = 10  # rows that a word must occur in before it is shown to anyone
CONFLICTS_KEPT = 300


def train_topics(
    *,
    rows: Sequence[LabelledText],
    trained_on: str,
    now: datetime,
    answer_accuracy: float = ANSWER_ACCURACY,
    promote: bool = False,
    from_appeals: bool = False,
    progress: Progress | None = None,
) -> TopicModelVersion:
    """Train a new version; put it to use if it is the first, measurably better, or if told to.

    ``from_appeals`` says that the keys of the rows are numbers of appeals here. The model answers only where it expects to agree with the labels this often; the rest is left
    to a person. Where labels are themselves wrong now and then, ask for less.
    """
    training = learn_topics(
        rows,
        answer_accuracy=answer_accuracy,
        progress=partial(progress, "train") if progress else None,
    )
    digests = [row_digest(row) for row in rows]
    before = _version_in_use()
    gain = gain_on_unseen(training, rows, digests, _seen(before[0]), before[1]) if before else None
    conflicts = find_label_conflicts(rows, training.guesses)
    version = TopicModelVersion(
        trained_at=now,
        trained_on=trained_on,
        summary=asdict(training.model.summary),
        payload=training.model.to_bytes(),
        hidden_check=check_figures(rows, training.guesses, wanted=answer_accuracy),
        comparison=kept_comparison(gain, before[0].version) if before else None,
        learned=_learned(training.model, before[1] if before else None, rows),
        conflicts=[
            [
                conflict.kind,
                rows[conflict.row].key,
                conflict.label,
                conflict.other_label,
                "" if conflict.other_row is None else rows[conflict.other_row].key,
                conflict.probability,
            ]
            for conflict in conflicts[:CONFLICTS_KEPT]
        ],
        seen=b"".join(sorted(digests)),
        has_learned_from_appeals=from_appeals,
    )
    is_better = gain is not None and gain.is_measured
    return _keep(version, is_promoted=before is None or is_better or promote)


def _version_in_use() -> tuple[TopicModelVersion, TopicModel] | None:
    """The version to beat; one that this program cannot read any more is beaten already."""
    try:
        return active_model()
    except NoTopicModelError:
        return None


def _seen(version: TopicModelVersion) -> bytes:
    return bytes(TopicModelVersion.objects.values_list("seen", flat=True).get(pk=version.pk))


@transaction.atomic
def _keep(version: TopicModelVersion, *, is_promoted: bool) -> TopicModelVersion:
    newest = TopicModelVersion.objects.aggregate(Max("version"))["version__max"] or 0
    version.version = newest + 1
    version.is_active = is_promoted
    if is_promoted:
        TopicModelVersion.objects.filter(is_active=True).update(is_active=False)
    version.save()
    record_event(
        action="topic_model_trained",
        object_type="topic_model",
        object_id=version.version,
        actor=None,
        now=version.trained_at,
        details={"trained_on": version.trained_on, "in_use": is_promoted},
    )
    return version


@transaction.atomic
def put_to_use(*, version: TopicModelVersion, actor: User | None, now: datetime) -> bool:
    """Let this version suggest from now on, a newer or an older one; False if it does already."""
    versions = TopicModelVersion.objects.select_for_update().only("version", "is_active")
    before = versions.filter(is_active=True).first()
    if before and before.pk == version.pk:
        return False
    versions.filter(is_active=True).update(is_active=False)
    versions.filter(pk=version.pk).update(is_active=True)
    record_event(
        action="topic_model_promoted",
        object_type="topic_model",
        object_id=version.version,
        actor=actor,
        now=now,
        details={"before": before.version if before else None, "after": version.version},
    )
    return True


def _learned(
    model: TopicModel, before: TopicModel | None, rows: Sequence[LabelledText]
) -> list[list[object]]:
    """The words that gained most for a label, each used by enough rows to be nobody's own."""
    counts: Counter[str] = Counter()
    for row in rows:
        found_here = set(cut_words(fold(row.text)))
        counts.update(word for word in found_here if len(word) > 1 and word.isalpha())
    words = sorted(word for word, count in counts.items() if count >= WORD_GROUPS)
    if not words:
        return []
    gains = _gains(model, before, words)
    order = np.argsort(-gains, axis=None, kind="stable")
    found: dict[str, list[object]] = {}
    for place in order.tolist():
        word, label = words[place // len(model.labels)], model.labels[place % len(model.labels)]
        if gains.flat[place] <= 0 or len(found) == WORDS_SHOWN:
            break
        found.setdefault(word, [label, word, round(float(gains.flat[place]), 4)])
    return list(found.values())


def _gains(
    model: TopicModel, before: TopicModel | None, words: list[str]
) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """How much more each word speaks for each label than it did, shape (words, labels)."""
    scores = model.scores_of(words)
    if before is None:
        return scores
    earlier = before.scores_of(words)
    gains = scores.copy()
    for column, label in enumerate(model.labels):
        if label in before.labels:
            gains[:, column] -= earlier[:, before.labels.index(label)]
    return gains
