"""Keep a trained topic model as a file that holds data only.

Source: the file is NumPy's documented ``npz`` (a ZIP archive of arrays) with one JSON text in it;
own arrangement.
"""

import io
import json
import zipfile
from dataclasses import asdict
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from civicloop.engines.text.topics.calibration import Calibration
from civicloop.engines.text.topics.levels import LevelSummary
from civicloop.engines.text.topics.model import (
    CompactTopics,
    HiddenSummary,
    TopicModelSummary,
    UnusedLabel,
    UsualMessages,
)

FORMAT = "civicloop topic model"
VERSION = 2
MOST_UNPACKED_BYTES = 1 << 30


class TopicModelFileError(ValueError):
    """The file is damaged, no topic model, or written by a later version."""


class _Arrays(TypedDict):
    key_gaps: NDArray[np.int64]
    weights: NDArray[np.float32]
    steps: NDArray[np.int8]
    step_sizes: NDArray[np.float32]
    biases: NDArray[np.float64]


class _Unused(TypedDict):
    label: str
    rows: int


class _Hidden(TypedDict):
    rows: int
    accuracy: float
    ece: float
    coverage: float
    answered_accuracy: float | None


class _Level(TypedDict):
    level: int
    topics: int
    accuracy: float
    macro_f1: float
    ece: float
    threshold: float
    coverage: float
    answered_accuracy: float | None


class _Usual(TypedDict):
    top_shares: dict[str, float]
    probability: tuple[float, float]
    known: tuple[float, float]


class _Summary(_Hidden):
    macro_f1: float
    threshold: float
    unused_labels: list[_Unused]
    levels: list[_Level]
    newest: _Hidden | None
    usual: _Usual


class _Facts(TypedDict):
    format: str
    version: int
    labels: list[str]
    slope: float
    stretch: float
    shift: float
    summary: _Summary


def pack_topics(topics: CompactTopics) -> bytes:
    """Return the model as the bytes of a file; equal models make equal bytes."""
    facts = _Facts(
        format=FORMAT,
        version=VERSION,
        labels=list(topics.labels),
        slope=topics.calibration.slope,
        stretch=topics.calibration.stretch,
        shift=topics.calibration.shift,
        summary=cast("_Summary", asdict(topics.summary)),
    )
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    file = io.BytesIO()
    np.savez_compressed(
        file,
        facts=np.frombuffer(text, dtype=np.uint8),
        key_gaps=np.diff(topics.keys, prepend=0),
        weights=topics.weights,
        steps=topics.steps,
        step_sizes=topics.step_sizes,
        biases=topics.calibration.biases,
    )
    return file.getvalue()


def read_topics(payload: bytes) -> CompactTopics:
    """Return the model of a file.

    Raises:
        TopicModelFileError: The file is damaged, no topic model, or of a later version.
    """
    try:
        _refuse_bomb(payload)
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            _refuse_foreign(facts)
            found = _Arrays(
                key_gaps=arrays["key_gaps"].astype(np.int64),
                weights=arrays["weights"].astype(np.float32),
                steps=arrays["steps"].astype(np.int8),
                step_sizes=arrays["step_sizes"].astype(np.float32),
                biases=arrays["biases"].astype(np.float64),
            )
        return _compact(facts, found)
    except TopicModelFileError:
        raise
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise TopicModelFileError(f"not a readable topic model: {error}") from error


def _refuse_bomb(payload: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise TopicModelFileError(f"the file would unpack to {size} bytes")


def _refuse_foreign(facts: _Facts) -> None:
    if facts["format"] != FORMAT:
        raise TopicModelFileError("the file is not a topic model")
    if facts["version"] != VERSION:
        raise TopicModelFileError(
            f"the file has version {facts['version']}, this program reads version {VERSION}"
        )


def _compact(facts: _Facts, arrays: _Arrays) -> CompactTopics:
    topics = CompactTopics(
        labels=tuple(facts["labels"]),
        keys=np.cumsum(arrays["key_gaps"]),
        weights=arrays["weights"],
        steps=arrays["steps"],
        step_sizes=arrays["step_sizes"],
        calibration=Calibration(
            slope=facts["slope"],
            biases=arrays["biases"],
            stretch=facts["stretch"],
            shift=facts["shift"],
        ),
        summary=_summary(facts["summary"]),
    )
    features, labels = len(topics.keys), len(topics.labels)
    shapes = [array.shape for array in (topics.steps, topics.weights, topics.step_sizes)]
    if shapes != [(features, labels), (features,), (features,)]:
        raise TopicModelFileError(f"the arrays do not fit together: {shapes}")
    return topics


def _summary(packed: _Summary) -> TopicModelSummary:
    usual, newest = packed["usual"], packed["newest"]
    return TopicModelSummary(
        rows=packed["rows"],
        accuracy=packed["accuracy"],
        macro_f1=packed["macro_f1"],
        ece=packed["ece"],
        threshold=packed["threshold"],
        coverage=packed["coverage"],
        answered_accuracy=packed["answered_accuracy"],
        unused_labels=tuple(UnusedLabel(**unused) for unused in packed["unused_labels"]),
        levels=tuple(LevelSummary(**level) for level in packed["levels"]),
        newest=HiddenSummary(**newest) if newest else None,
        usual=UsualMessages(
            top_shares=usual["top_shares"],
            probability=(usual["probability"][0], usual["probability"][1]),
            known=(usual["known"][0], usual["known"][1]),
        ),
    )
