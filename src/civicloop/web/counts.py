"""The counters of this process, and what all processes have counted; needs the extra `metrics`."""

import os
from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

TYPE = CONTENT_TYPE_LATEST
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)  # a page waits 15 s at most
OWN = CollectorRegistry()
REQUESTS = Counter(
    "civicloop_requests",
    "Requests by the name of the route and the class of the answer",
    ["route", "status"],
    registry=OWN,
)
SECONDS = Histogram(
    "civicloop_request_seconds",
    "Time from the request to the answer",
    ["route"],
    buckets=BOUNDS,
    registry=OWN,
)


def count_request(route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(route, f"{status // 100}xx").inc()
    SECONDS.labels(route).observe(seconds)


def written(figures: Iterable[tuple[str, str, float]]) -> bytes:
    """All counts, and these figures, as Prometheus reads them."""
    asked = CollectorRegistry()
    asked.register(_Asked(figures))
    return generate_latest(_counted()) + generate_latest(asked)


class _Asked(Collector):
    """Figures of this moment, which no process counts: a `Gauge` would keep one of each."""

    def __init__(self, figures: Iterable[tuple[str, str, float]]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return [GaugeMetricFamily(*figure) for figure in self._figures]


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OWN
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
