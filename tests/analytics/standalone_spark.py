"""A Spark cluster of our own for one test: a master and two workers, each a process."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = ["--host", "127.0.0.1", "--webui-port", "0"]
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class StandaloneSpark:
    address: str
    master_log: Path

    def workers_used(self) -> set[str]:
        """The workers that were told to compute."""
        launched = r"Launching executor \S+ on worker (\S+)"
        return set(re.findall(launched, self.master_log.read_text()))


@contextmanager
def standalone_spark(folder: Path) -> Iterator[StandaloneSpark]:
    """Start the cluster on free ports of this machine; it is gone afterwards."""
    with ExitStack() as stack:
        log = folder / "master.log"
        stack.enter_context(_process(["master.Master", "--port", "0", *HERE], log))
        address = _said(log, r"Starting Spark master at (spark://\S+)")
        for number in (1, 2):
            work = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work{number}")]
            log_of_worker = folder / f"worker{number}.log"
            stack.enter_context(_process(["worker.Worker", *HERE, *work, address], log_of_worker))
            _said(log_of_worker, r"(Successfully registered) with master")
        yield StandaloneSpark(address, log)


@contextmanager
def _process(words: list[str], log: Path) -> Iterator[None]:
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    command = [str(program), f"org.apache.spark.deploy.{words[0]}", *words[1:]]
    environment = os.environ | {"SPARK_DAEMON_MEMORY": "256m"}
    with log.open("w") as opened:
        process = subprocess.Popen(command, stdout=opened, stderr=opened, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _said(log: Path, pattern: str) -> str:
    """Wait until a process has said something."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        if said := re.search(pattern, log.read_text()):
            return said[1]
        time.sleep(0.2)
    raise TimeoutError(log.read_text())
