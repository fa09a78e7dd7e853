"""What Prometheus is told, and who may ask."""

import os
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from tests.factories import WorkOrderFactory
from tests.made_tables import REPOSITORY

from civicloop.apps.dispatch.models import CloseType, OrderState
from civicloop.apps.jobs.actions import enqueue
from civicloop.apps.jobs.housekeeping import forget_old_jobs
from civicloop.config.environment import read_environment
from civicloop.config.unsafe import UnsafeEnvironmentError
from civicloop.web.counts import written
from civicloop.web.metrics import TOGETHER

pytestmark = pytest.mark.django_db


def told(client: Client) -> dict[tuple[str, ...], float]:
    """Every figure by its name and its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *one.labels.values()): one.value for one in samples}


def test_requests_are_counted_by_route_and_class_and_never_by_address(client):
    before = told(client)
    client.get("/track/", {"phone": "13800001234"})
    client.get("/nowhere/13800001234/")

    answer, after = client.get("/metrics"), told(client)

    found = ("civicloop_requests_total", "citizen:track", "2xx")
    missing = ("civicloop_requests_total", "none", "4xx")
    assert after[found] - before.get(found, 0) == 1
    assert after[missing] - before.get(missing, 0) == 1
    assert after["civicloop_request_seconds_count", "citizen:track"] >= 1
    assert "13800001234" not in answer.text


def test_what_waits_is_told(client):
    now = timezone.now()
    WorkOrderFactory()
    WorkOrderFactory(state=OrderState.CLOSED, close_type=CloseType.RESOLVED, closed_at=now)
    enqueue(forget_old_jobs, now=now - timedelta(seconds=90))

    figures = told(client)

    assert figures["civicloop_open_orders",] == 1
    assert figures["civicloop_jobs_waiting",] == 1
    assert figures["civicloop_jobs_oldest_seconds",] >= 89
    assert figures["civicloop_outbox_entries",] == 0


@pytest.mark.parametrize(
    ("address", "forwarded", "proxies", "status"),
    [
        ("127.0.0.1", None, 0, 200),
        ("::1", None, 0, 200),
        ("10.1.2.3", None, 0, 404),
        ("127.0.0.1", "10.1.2.3", 0, 404),
        ("127.0.0.1", "127.0.0.1", 0, 404),
        ("10.0.0.1", "10.1.2.3, 127.0.0.1", 1, 200),
        ("127.0.0.1", "127.0.0.1, 10.1.2.3", 1, 404),
        ("127.0.0.1", "127.0.0.1", 2, 404),
    ],
)
def test_only_named_addresses_may_ask(client, settings, address, forwarded, proxies, status):
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


def test_city_names_other_addresses(client, settings, monkeypatch):
    monkeypatch.setenv("CIVICLOOP_METRICS_FROM", "10.1.0.0/16, fd00::/8")
    settings.METRICS_FROM = read_environment().metrics_from

    assert [ip_network("10.1.0.0/16"), ip_network("fd00::/8")] == settings.METRICS_FROM
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    monkeypatch.setenv("CIVICLOOP_METRICS_FROM", "everybody")
    with pytest.raises(UnsafeEnvironmentError, match="METRICS_FROM"):
        read_environment()


def test_processes_count_together(tmp_path, monkeypatch):
    one = "from civicloop.web.counts import count_request; count_request('home', 200, 0.1)"
    monkeypatch.setenv(TOGETHER, str(tmp_path))
    for _ in range(2):
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
        subprocess.run([sys.executable, "-c", one], env=environment, check=True)

    said = written([("civicloop_open_orders", "Work orders that have not ended", 3)]).decode()

    assert 'civicloop_requests_total{route="home",status="2xx"} 2.0' in said
    assert "civicloop_open_orders 3.0" in said


def test_without_the_extra_there_is_no_page_and_nothing_is_counted(client, monkeypatch):
    monkeypatch.setattr("civicloop.web.metrics.IS_INSTALLED", False)

    assert Client().get("/metrics").status_code == 404
    assert Client().get("/healthz").status_code == 200
