"""Operators at `civicloop serve`: each saves calls as a browser does, all at the same time.

Every call comes by a connection of its own, as from people who talk for minutes in between.
"""

import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from benchmarks.processor_time import seconds_with_children

Call = dict[str, str]
Post = Callable[[Call], float]

STARTED_WITHIN = 60  # seconds
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What came of calls that were saved at the same time."""

    waits: list[float]  # milliseconds of each call
    seconds: float
    server_seconds: float  # of its processes, CPU
    own_seconds: float  # CPU of the clients


def save_together(calls: list[list[Call]], *, warm: list[Call], session: str) -> Together:
    """Save each list of calls by a client of its own; `session` is of somebody who is logged in."""
    with _server() as (process, port):
        client = _client(port, session)
        for call in warm:
            client(call)
        waits: list[float] = []
        clients = [threading.Thread(target=_save, args=(client, own, waits)) for own in calls]
        server, own = seconds_with_children(process.pid), time.process_time()
        began = time.perf_counter()
        for each in clients:
            each.start()
        for each in clients:
            each.join()
        return Together(
            waits=waits,
            seconds=time.perf_counter() - began,
            server_seconds=seconds_with_children(process.pid) - server,
            own_seconds=time.process_time() - own,
        )


def _save(client: Post, calls: list[Call], waits: list[float]) -> None:
    waits.extend(map(client, calls))


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The site as it is served, without the background worker, on a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    serve = "import sys; from civicloop.config.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", serve, "serve", "--port", str(port), "--no-worker"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _await(port)
        yield process, port
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    ends = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < ends:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"the site did not start within {STARTED_WITHIN} s")


def _client(port: int, session: str) -> Post:
    """Posts the form of a call; gives the milliseconds until the answer is whole."""
    cookies = f"sessionid={session}"
    _status, cookie, page = _ask(port, "GET", {"Cookie": cookies})
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "the page has no form"
    secret = {"csrfmiddlewaretoken": found[1]}
    headers = {
        "Cookie": f"{cookies}; {cookie.split(';')[0]}",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def post(call: Call) -> float:
        body = urlencode(call | secret)
        began = time.perf_counter()
        status, _cookie, page = _ask(port, "POST", headers, body)
        took = (time.perf_counter() - began) * 1e3
        assert status == HTTPStatus.OK, status
        assert 'id="saved-title"' in page, "not saved"
        return took

    return post


def _ask(
    port: int, method: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request(method, "/desk/new/", body=body, headers=headers | {"Connection": "close"})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Set-Cookie", ""), page
