"""The candidate step on Spark beside the same step in this process.

`python -m benchmarks candidates_on_spark [--sizes 3000 10000] [--master local[2]]`

Wall-clock seconds, for the work is that of other processes; the pairs are compared, one for one.
The very first line of Spark includes the start of its JVM.
On one machine Spark is slower: it is for cities that do not fit in one.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.sample_messages import sample_messages
from civicloop.analytics.candidates_on_spark import CandidatesOnSpark, SparkUnavailableError
from civicloop.engines.text.events.candidates import candidate_pairs, filings_of
from civicloop.engines.text.events.corpus import corpus_of, read


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks candidates_on_spark")
    parser.add_argument("--sizes", type=int, nargs="+", default=[3_000, 10_000])
    parser.add_argument("--master", default="local[2]")
    chosen = parser.parse_args(words)
    try:
        on_spark = CandidatesOnSpark(master=chosen.master)
    except SparkUnavailableError as missing:
        print(f"NOT RUN: {missing}")
        return
    for size in sorted(chosen.sizes):
        measure(size, on_spark)


def measure(size: int, on_spark: CandidatesOnSpark) -> None:
    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as folder:
        messages = sample_messages(size, Path(folder)).messages
    reading, background = read(messages, lambda _: None)
    filings = filings_of(corpus_of(messages, background, reading).grams.pairs, background)

    began = time.perf_counter()
    expected = candidate_pairs(filings, size, background)
    here = time.perf_counter() - began
    print(f"{'here':14} {size:>9,} appeals {here:8.2f} s  {len(expected[0]):,} pairs", flush=True)
    for name in ("Spark", "Spark, again"):
        began = time.perf_counter()
        found = on_spark(filings, size, background)
        seconds = time.perf_counter() - began
        same = all(map(np.array_equal, found, expected))
        print(
            f"{name:14} {size:>9,} appeals {seconds:8.2f} s  {seconds / here:,.0f} times here;"
            f" {'the same pairs' if same else 'OTHER PAIRS'}",
            flush=True,
        )
