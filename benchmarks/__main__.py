"""`python -m benchmarks NAME [options]`; without a name, every benchmark in its short form."""

import importlib
import os
import pkgutil
import sys

import benchmarks

SUPPORT = {
    "__main__", "databases", "desk_clients", "event_baselines", "noted_job", "order_history",
    "processor_time", "sample_messages",
}  # fmt: skip


def main(words: list[str]) -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the settings say
    names = [found.name for found in pkgutil.iter_modules(benchmarks.__path__)]
    names = [name for name in names if name not in SUPPORT]
    if words and words[0] in names:
        importlib.import_module(f"benchmarks.{words[0]}").main(words[1:])
    elif words:
        raise SystemExit(f"no such benchmark; there are: {', '.join(names)}")
    else:
        for name in names:
            print(f"\n== {name}", flush=True)
            importlib.import_module(f"benchmarks.{name}").main([])


if __name__ == "__main__":
    main(sys.argv[1:])
