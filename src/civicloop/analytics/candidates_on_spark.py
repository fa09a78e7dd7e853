"""The candidate step of same-event clustering as joins on Apache Spark, for more than one machine.

The pairs are those of `candidate_pairs`, one for one: everything is counted in whole numbers and
ties are broken by row. Spark's own operators do the work, so its workers need no Python.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from civicloop.engines.text.events.candidates import (
    LEAST_STEPS,
    PARTNERS,
    WINDOW,
    Filings,
    rarity_steps,
)
from civicloop.engines.text.events.corpus import Background, Progress
from civicloop.engines.text.events.grams import Ints

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_PARTITIONS_HERE = 16
_ROWS_AT_ONCE = 2_000_000  # filings in one message to Spark; it refuses messages above 128 MB


class SparkUnavailableError(OSError):
    """The joins cannot run on Spark; the message says what to add or to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatesOnSpark:
    """The candidate step on one Spark; to be given to `find_events` in place of its own.

    Raises:
        SparkUnavailableError: PySpark or Java is missing.
    """

    master: str  # spark://host:7077, yarn, or local[2] to try it out

    def __post_init__(self) -> None:
        refuse_without_programs()

    def __call__(
        self,
        filings: Filings,
        count: int,
        background: Background,
        progress: Progress | None = None,
    ) -> tuple[Ints, Ints]:
        """Pair messages that share rare grams; arguments and result as of `candidate_pairs`.

        Spark tells nothing on the way: progress is told once, when all are paired.

        Raises:
            SparkUnavailableError: the cluster cannot be reached, or gave up.
        """
        with spark_session(self.master) as session:
            chosen = _chosen(_shared(_sent(filings, background, session))).toArrow()
        first, second = (chosen[end].to_numpy().astype(np.int64) for end in ("first", "second"))
        order = np.lexsort((second, first))
        if progress:
            progress(count)
        return first[order], second[order]


@contextmanager
def spark_session(master: str) -> "Iterator[SparkSession]":
    from py4j.protocol import Py4JError
    from pyspark import __version__ as release
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("civicloop")
    for option in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(option, "false")
    if master.startswith("local"):  # the usual 200 are for a cluster: here they are 200 files
        builder = builder.config("spark.sql.shuffle.partitions", _PARTITIONS_HERE)
    try:
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
    except (PySparkException, Py4JError) as error:
        text = (
            f"Spark at {master} did not do the work; its own words stand above. The address must be "
            f"right, the cluster up and of release {release}, and Java 17 or newer."
        )
        raise SparkUnavailableError(text) from error


def refuse_without_programs() -> None:
    if find_spec("pyspark") is None or find_spec("pyarrow") is None:
        text = "PySpark is not installed. Add it: pip install 'civicloop[spark]'"
        raise SparkUnavailableError(text)
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        text = "Spark needs Java 17 or newer. On Debian: apt-get install default-jre-headless"
        raise SparkUnavailableError(text)


def _sent(filings: Filings, background: Background, session: "SparkSession") -> "DataFrame":
    """Give the filings of recurring grams to Spark, in messages it can take."""
    from pyspark.sql import DataFrame

    table = _table(filings, background)
    starts = range(0, max(len(table), 1), _ROWS_AT_ONCE)
    parts = [session.createDataFrame(table.slice(start, _ROWS_AT_ONCE)) for start in starts]
    return reduce(DataFrame.union, parts)


def _table(filings: Filings, background: Background) -> "pa.Table":
    """Number the filings of each gram, so that neighbours are found by an equal join."""
    import pyarrow as pa

    begins = np.flatnonzero(np.diff(filings.gram, prepend=-1))
    lengths = np.diff(begins, append=len(filings.gram))
    place = np.arange(len(filings.gram)) - np.repeat(begins, lengths)
    kept = np.repeat(lengths > 1, lengths)
    gram = filings.gram[kept]
    columns = {
        "gram": gram,
        "place": place[kept].astype(np.int32),
        "owner": filings.owner[kept],
        "rarity": rarity_steps(background.rarity[gram]).astype(np.int16),
    }
    return pa.table(columns)


def _shared(filings: "DataFrame") -> "DataFrame":
    """Add up the rarity that two messages share as neighbours under their grams.

    Filings that stand at most WINDOW apart lie in one block of WINDOW places or in two that touch:
    each is joined with the later ones of its own block and of the next. So a gram that very many
    messages share is spread over the workers like any other.
    """
    from pyspark.sql import functions as f

    block = f.floor(f.col("place") / WINDOW).cast("int")
    here = filings.select(
        "gram", "rarity", "place", f.col("owner").alias("first"), block.alias("block")
    )
    seen_from = f.explode(f.array(block, block - 1)).alias("block")
    later = filings.select(
        "gram", f.col("place").alias("later"), f.col("owner").alias("second"), seen_from
    )
    apart = f.col("later") - f.col("place")
    near = here.join(later, ["gram", "block"]).where(apart.between(1, WINDOW))
    pairs = near.groupBy("first", "second").agg(f.sum("rarity").alias("shared"))
    return pairs.where(f.col("shared") >= LEAST_STEPS)


def _chosen(pairs: "DataFrame") -> "DataFrame":
    """Keep a pair if one of the two is among the PARTNERS that share most with the other."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    first, second = f.col("first"), f.col("second")
    sides = f.array(
        f.struct(first.alias("owner"), second.alias("partner")),
        f.struct(second.alias("owner"), first.alias("partner")),
    )
    both = pairs.select("shared", f.explode(sides).alias("side")).select("shared", "side.*")
    most = Window.partitionBy("owner").orderBy(f.desc("shared"), "partner")
    best = both.withColumn("rank", f.row_number().over(most)).where(f.col("rank") <= PARTNERS)
    ends = (
        f.least("owner", "partner").alias("first"),
        f.greatest("owner", "partner").alias("second"),
    )
    return best.select(*ends).distinct()
