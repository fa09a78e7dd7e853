"""How much work it is to join appeals into events, beside what one would try first.

`python -m benchmarks events [--sizes 20000 100000 1000000]`

Every line is a process of its own, on the sample city: CPU seconds and seconds, peak memory with the
benchmark's own rows, strict B³ F1 on the planted events and the load. Reading the file is not counted. Each baseline runs at the largest of these
sizes, or else at the size, that it can reach in a few minutes; the ratio is theirs to ours at that size. The growth exponent is that
of CPU seconds between our smallest and largest size.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.databases import INSIDE
from benchmarks.sample_messages import sample_messages, strict_f1

OURS = "civicloop"
REACHED = {"average_link": 4_000, "dbscan": 20_000, "min_hash": 100_000}
NAMES = {
    OURS: "civicloop",
    "average_link": "TF-IDF, average link",
    "dbscan": "TF-IDF, DBSCAN",
    "min_hash": "MinHash LSH",
}


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks events")
    parser.add_argument("--sizes", type=int, nargs="+", default=[4_000, 20_000])
    sizes = sorted(parser.parse_args(words).sizes)
    ours = {size: _run(OURS, size) for size in sizes}
    for method, reach in REACHED.items():
        size = max((one for one in sizes if one <= reach), default=reach)
        if size not in ours:
            ours[size] = _run(OURS, size)
        cpu = _run(method, size)
        print(f"{'':24} ratio to civicloop at {size:,}: {cpu / ours[size]:.1f}", flush=True)
    if len(sizes) > 1:
        growth = math.log(ours[sizes[-1]] / ours[sizes[0]]) / math.log(sizes[-1] / sizes[0])
        print(f"growth exponent {growth:.2f} from {sizes[0]:,} to {sizes[-1]:,}", flush=True)


def _run(method: str, size: int) -> float:
    command = [sys.executable, "-m", "benchmarks.events", INSIDE, method, str(size)]
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(command, check=True, env=os.environ | one_core, stdout=subprocess.PIPE)
    found = json.loads(done.stdout)
    print(
        f"{NAMES[method]:24} {size:>9,} appeals {found['cpu']:8.1f} CPU-s {found['wall']:8.1f} s"
        f" {found['mebibytes']:7,.0f} MiB (rows alone {found['rows']:,.0f})"
        f"  F1 {found['f1']:.3f}  load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    return float(found["cpu"])


def measure(method: str, size: int) -> None:
    from benchmarks import event_baselines
    from civicloop.engines.text.events import find_events

    with tempfile.TemporaryDirectory(prefix="civicloop-bench-") as folder:
        sample = sample_messages(size, Path(folder))
    messages = sample.messages
    rows = _peak()
    began, wall = time.process_time(), time.perf_counter()
    if method == OURS:
        event_of = find_events(messages).event_of
    else:
        found = getattr(event_baselines, method)([f"{m.subject}\n{m.text}" for m in messages])
        event_of = {m.id: c for m, c in zip(messages, found.tolist(), strict=True)}
    found = {
        "cpu": time.process_time() - began,
        "wall": time.perf_counter() - wall,
        "mebibytes": _peak(),
        "rows": rows,
        "f1": strict_f1(event_of, sample.events),
    }
    print(json.dumps(found))


def _peak() -> float:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__" and sys.argv[1:2] == [INSIDE]:
    measure(sys.argv[2], int(sys.argv[3]))
