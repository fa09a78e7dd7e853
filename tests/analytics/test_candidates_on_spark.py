"""The pairs found on Spark are those found here, on a local Spark and on a cluster of processes."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.sample_messages import sample_messages

from civicloop.analytics.candidates_on_spark import CandidatesOnSpark, SparkUnavailableError
from civicloop.engines.text.events import find_events, learn_background
from civicloop.engines.text.events.candidates import Filings, candidate_pairs, filings_of
from civicloop.engines.text.events.corpus import corpus_of, read
from tests.analytics.standalone_spark import standalone_spark
from tests.engines.text.event_messages import city

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # PySpark's own
]


def assert_same_pairs(filings, count, background):
    here = candidate_pairs(filings, count, background)
    on_spark = CandidatesOnSpark(master="local[2]")(filings, count, background)

    for one, other in zip(here, on_spark, strict=True):
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()
    return here[0]


@pytest.mark.usefixtures("spark_here")
def test_a_sample_city_of_3000_appeals_gives_the_same_pairs(tmp_path):
    messages = sample_messages(3000, tmp_path).messages
    reading, background = read(messages, lambda done: None)
    filings = filings_of(corpus_of(messages, background, reading).grams.pairs, background)

    assert len(assert_same_pairs(filings, len(messages), background)) > 3000


@pytest.mark.usefixtures("spark_here")
def test_long_lists_and_many_ties_give_the_same_pairs(monkeypatch):
    random = np.random.default_rng(1)
    lengths = random.integers(1, 120, 400)
    owners = [np.sort(random.choice(300, length, replace=False)) for length in lengths]
    rarity = random.integers(1, 6, 400).astype(np.float32)
    filings = Filings(
        gram=np.repeat(np.arange(400, dtype=np.int32), lengths),
        owner=np.concatenate(owners).astype(np.int32),
    )
    background = replace(learn_background(city()[0]), rarity=rarity)
    monkeypatch.setattr("civicloop.analytics.candidates_on_spark._ROWS_AT_ONCE", 9000)

    assert len(assert_same_pairs(filings, 300, background)) > 1000


@pytest.mark.usefixtures("spark_here")
def test_nothing_gives_no_pairs():
    nothing = np.empty(0, np.int32)

    assert not len(assert_same_pairs(Filings(gram=nothing, owner=nothing), 0, learn_background([])))


@pytest.mark.usefixtures("spark_here")
def test_a_cluster_of_two_workers_gives_the_same_clusters(tmp_path):
    messages, _ = city()
    told = []

    with standalone_spark(tmp_path) as spark:
        pair_up = CandidatesOnSpark(master=spark.address)
        on_cluster = find_events(
            messages, pair_up=pair_up, progress=lambda *words: told.append(words)
        )
        assert len(spark.workers_used()) == 2

    here = find_events(messages)
    assert on_cluster.event_of == here.event_of
    assert list(on_cluster.neighbours()) == list(here.neighbours())
    assert ("pair", len(messages), len(messages)) in told


# where it is the first to start a JVM, PySpark leaves the pipe to the dead one open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.usefixtures("spark_here")
def test_a_wrong_address_is_told_in_a_sentence():
    with pytest.raises(SparkUnavailableError, match="Spark at spork://nowhere did not do the work"):
        find_events(city()[0], pair_up=CandidatesOnSpark(master="spork://nowhere"))


@pytest.mark.usefixtures("spark_here")
def test_a_missing_java_is_told_with_the_command_that_adds_it(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SparkUnavailableError, match="apt-get install default-jre-headless"):
        CandidatesOnSpark(master="local[2]")
