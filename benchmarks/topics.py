"""How fast topics are learned and suggested.

`python -m benchmarks topics [--rows 100000] [--labels 100]`

Invents messages of about 60 words, a tenth of them from their label's own vocabulary, and labels of
three levels. Printed: seconds and peak memory of a whole training, accuracy on unseen rows, the time
of one message, and beside them naive Bayes on the same features in the same run.
"""

import argparse
import itertools
import random
import resource
import time

import numpy as np

from benchmarks.lists import HAN
from civicloop.engines.text.topics import LabelledText, TopicText, train_topic_model
from civicloop.engines.text.topics.features import read_corpus, weigh
from civicloop.engines.text.topics.training import complement_bayes

WORDS = 30_000
OWN_WORDS = 60  # of each label
OWN_SHARE = 0.1
WRONG_SHARE = 0.03
UNSEEN_SHARE = 0.05
ASKED_ONE_BY_ONE = 200


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks topics")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--labels", type=int, default=100)
    options = parser.parse_args(words)
    rows = invented(options.rows, options.labels)
    cut = int(len(rows) * (1 - UNSEEN_SHARE))
    seen, unseen = rows[:cut], rows[cut:]
    began, cpu = time.perf_counter(), time.process_time()
    model = train_topic_model(seen)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    texts = [TopicText(text=row.text) for row in unseen]
    guesses = model.predict(texts, explain=False)
    accuracy = np.mean(
        [guess.label == row.label for guess, row in zip(guesses, unseen, strict=True)]
    )
    print(
        f"train {len(seen):,} rows, {options.labels} labels: {took:.0f} s, {cpu:.0f} CPU-s, "
        f"peak {peak:.2f} GB; accuracy on {len(unseen):,} unseen rows {accuracy:.3f}",
        flush=True,
    )
    times = []
    for text in texts[:ASKED_ONE_BY_ONE]:
        began = time.perf_counter()
        model.predict([text])
        times.append((time.perf_counter() - began) * 1e3)
    print(f"one message, with words: p50 {np.median(times):.2f} ms")
    naive_bayes(seen, unseen, took)


def naive_bayes(seen: list[LabelledText], unseen: list[LabelledText], ours: float) -> None:
    began = time.perf_counter()
    labels = sorted({row.label for row in seen})
    targets = np.array([labels.index(row.label) for row in seen])
    corpus = read_corpus([(row.text, "") for row in seen + unseen], min_messages=2)
    weights = np.ones(len(corpus.keys), dtype=np.float32)
    matrix = weigh(corpus.matrix, corpus.keys, weights)
    coefficients = complement_bayes(matrix[: len(seen)], targets, labels=len(labels))
    predicted = (matrix[len(seen) :] @ coefficients).argmax(axis=1)
    accuracy = np.mean([labels[p] == row.label for p, row in zip(predicted, unseen, strict=True)])
    took = time.perf_counter() - began
    print(
        f"baseline naive Bayes: {took:.0f} s, accuracy {accuracy:.3f}; ours takes {ours / took:.1f}×"
    )


def invented(count: int, labels: int) -> list[LabelledText]:
    """Messages of common words and of their label's own, some of them labelled wrongly."""
    stream = random.Random(7)
    words = ["".join(stream.choices(HAN, k=2)) for _ in range(WORDS)]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(WORDS)))
    names = [f"{number % 10}/{number % 50}/{number}" for number in range(labels)]
    own = {name: stream.sample(words, OWN_WORDS) for name in names}
    rows = []
    for _ in range(count):
        name = stream.choice(names)
        chosen = stream.choices(words, cum_weights=weights, k=54)
        chosen += stream.choices(own[name], k=round(60 * OWN_SHARE))
        stream.shuffle(chosen)
        label = stream.choice(names) if stream.random() < WRONG_SHARE else name
        rows.append(LabelledText(text="".join(chosen), label=label))
    return rows
