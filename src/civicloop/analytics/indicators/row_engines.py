"""The engines that add up rows: DuckDB in this process, or Spark on as many machines as there are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ibis

from civicloop.analytics.candidates_on_spark import refuse_without_programs, spark_session
from civicloop.analytics.indicators.compiling import IbisValue

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MEMORY = "1GB"  # of DuckDB; what is larger goes to its folder of temporary files


class RowEngine(Protocol):
    """Answers an expression of Ibis over the table `facts`."""

    def rows(self, expression: IbisValue, files: Sequence[Path]) -> list[dict[str, Any]]:
        """Return the rows of the answer, in any order; `facts` are those of the Parquet files."""


@contextmanager
def row_engine(address: str) -> Iterator[RowEngine]:
    """Open the engine at an address: "" for DuckDB, spark://host:7077, yarn or local[2] for Spark.

    Raises:
        SparkUnavailableError: PySpark or Java is missing, or the cluster cannot be reached or gave up.
    """
    if not address:
        yield OnDuckdb()
        return
    refuse_without_programs()
    with spark_session(address) as session:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        session.conf.set("spark.sql.shuffle.partitions", "8")  # the answers are small
        session.conf.set("spark.sql.ansi.enabled", "true")  # an overflow stops, it is no number
        yield OnSpark(session)


@dataclass(frozen=True, slots=True)
class OnDuckdb:
    """DuckDB in this process."""

    threads: int = 2

    def rows(self, expression: IbisValue, files: Sequence[Path]) -> list[dict[str, Any]]:
        import duckdb

        statement = str(ibis.to_sql(expression, dialect="duckdb"))
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = ?", [MEMORY])
            connection.execute("SET threads = ?", [self.threads])
            facts = connection.read_parquet([str(file) for file in files])
            connection.register("facts", facts)
            answer = connection.execute(statement)
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@dataclass(frozen=True, slots=True)
class OnSpark:
    """A Spark session that somebody else closes."""

    session: "SparkSession"

    def rows(self, expression: IbisValue, files: Sequence[Path]) -> list[dict[str, Any]]:
        statement = str(ibis.to_sql(expression, dialect="pyspark"))
        facts = self.session.read.parquet(*map(str, files))
        facts.createOrReplaceTempView("facts")
        return [row.asDict() for row in self.session.sql(statement).collect()]
