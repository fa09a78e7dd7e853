"""Whether a newly trained classifier is better than the one in use, on rows neither has seen."""

from collections.abc import Sequence
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from civicloop.engines.text.topics import LabelledText, TopicModel, TopicText, TopicTraining
from civicloop.engines.text.topics.gain import Gain, measure_gain
from civicloop.engines.text.words import fold

FEWEST_COMPARED = 50  # unseen rows; fewer measure nothing
DIGEST_BYTES = 8


def row_digest(row: LabelledText) -> bytes:
    """By which a row is known again without keeping its text."""
    words = f"{fold(row.text)}\0{fold(row.subject)}".encode()
    return blake2b(words, digest_size=DIGEST_BYTES).digest()


def gain_on_unseen(
    training: TopicTraining,
    rows: Sequence[LabelledText],
    digests: Sequence[bytes],
    seen: bytes,
    model: TopicModel,
) -> Gain | None:
    """Compare with `model`, which learned from the rows `seen`; None where too few are new.

    The newest rows are compared, or where too few are new, any.
    """
    known = {seen[start : start + DIGEST_BYTES] for start in range(0, len(seen), DIGEST_BYTES)}
    unseen = [guess for guess in training.guesses if digests[guess.row] not in known]
    newest = [guess for guess in unseen if guess.is_newest]
    compared = newest if len(newest) >= FEWEST_COMPARED else unseen
    if len(compared) < FEWEST_COMPARED:
        return None
    texts = [
        TopicText(text=rows[guess.row].text, subject=rows[guess.row].subject) for guess in compared
    ]
    old = model.predict(texts, explain=False)
    labels = [rows[guess.row].label for guess in compared]
    return measure_gain(
        [guess.predicted == label for guess, label in zip(compared, labels, strict=True)],
        [guess.label == label for guess, label in zip(old, labels, strict=True)],
    )


def kept_comparison(gain: Gain | None, against: int) -> dict[str, Any]:
    """What is kept of the comparison; without rows where nothing could be compared."""
    if gain is None:
        return {"against": against, "rows": 0}
    return {"against": against, "is_measured": gain.is_measured, **asdict(gain)}
