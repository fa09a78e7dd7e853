"""A new connection goes to the process of the site that has the fewest requests in hand."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager

import pytest

from civicloop.config.web_processes import (
    NOT_READY,
    CountedSite,
    can_share_evenly,
    direct,
    fewest,
    open_listeners,
)

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not can_share_evenly(), reason="only Linux lets a program choose"),
]
HOST = "127.0.0.1"
SLOW_SECONDS = 4
SITE = f"""
import os, time
def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep({SLOW_SECONDS})
    start_response("200 OK", [])
    return iter([str(os.getpid()).encode()])
if __name__ == "__main__":
    import sys
    from granian.constants import Interfaces
    from civicloop.config.web_processes import EvenServer
    EvenServer("evenly:application", address="{HOST}", port=int(sys.argv[1]), workers=2,
               interface=Interfaces.WSGI, blocking_threads=4, workers_kill_timeout=10).serve()
"""


def test_those_with_the_fewest_requests_are_chosen():
    assert fewest([2, 0, 1, 0]) == [1, 3]
    assert fewest([NOT_READY, 3]) == [1]
    assert fewest([1, 1]) == [0, 1]


@pytest.fixture
def listeners():
    opened = open_listeners(HOST, free_port(), count=4, backlog=128)
    yield opened
    for listener in opened:
        listener.close()


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("chosen", [[0], [3], [1, 2], [0, 1, 3]])
def test_the_kernel_gives_a_connection_to_one_of_the_chosen(listeners, chosen):
    direct(listeners[0], chosen)

    assert sorted(set(taken_by(listeners, connections=60))) == chosen


def taken_by(listeners, *, connections):
    """The number of the socket that each of so many connections came to."""
    address = listeners[0].getsockname()
    opened = [socket.create_connection(address) for _ in range(connections)]
    numbers = []
    for number, listener in enumerate(listeners):
        listener.setblocking(False)
        while True:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                break
            numbers.append(number)
    for each in opened:
        each.close()
    assert len(numbers) == connections
    return numbers


def counted(listener, application, *, in_hand):
    return CountedSite(application, own=0, listener=listener, in_hand=in_hand)


def test_a_request_is_in_hand_while_the_site_works_on_it(listeners):
    in_hand = [NOT_READY, 0, 0, 0]

    def application(environ, start_response):
        assert in_hand[0] == 1
        assert set(taken_by(listeners, connections=20)) <= {1, 2, 3}
        raise ValueError(environ["PATH_INFO"])

    site = counted(listeners[0], application, in_hand=in_hand)
    assert in_hand[0] == 0
    with pytest.raises(ValueError, match="/orders/"):
        site({"PATH_INFO": "/orders/", "SERVER_PROTOCOL": "HTTP/1.1"}, None)
    assert in_hand[0] == 0


@pytest.mark.parametrize(
    ("elsewhere", "protocol", "closes"),
    [(0, "HTTP/1.1", True), (1, "HTTP/1.1", False), (0, "HTTP/2", False)],
)
def test_a_caller_is_sent_elsewhere_where_fewer_wait(listeners, elsewhere, protocol, closes):
    """Two at once: when the first is answered one more is in hand here."""
    answers, both, answered = [], threading.Barrier(2), threading.Event()

    def application(environ, start_response):
        both.wait(10)
        if environ["PATH_INFO"] == "/first":
            start_response("200 OK", [("X-Kept", "yes")])
            answered.set()
        answered.wait(10)
        return []

    site = counted(listeners[0], application, in_hand=[0, elsewhere, elsewhere, elsewhere])
    threads = [
        threading.Thread(
            target=site,
            args=(
                {"PATH_INFO": path, "SERVER_PROTOCOL": protocol},
                lambda _status, headers: answers.append(headers),
            ),
        )
        for path in ("/first", "/second")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [[("X-Kept", "yes"), *[("Connection", "close")] * closes]]


@contextmanager
def served(folder):
    (folder / "evenly.py").write_text(SITE)
    port = free_port()
    command = [sys.executable, str(folder / "evenly.py"), str(port)]
    with subprocess.Popen(command, cwd=folder, env=os.environ) as server:
        try:
            yield server, port
        finally:
            server.terminate()


def ask(port, path="/"):
    """The process that answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
                connection.request("GET", path, headers={"Connection": "close"})
                return connection.getresponse().read()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_nobody_waits_behind_a_slow_page_while_a_process_is_idle(tmp_path):
    with served(tmp_path) as (_server, port):
        both = Counter(ask(port) for _ in range(60))
        slow: list[bytes] = []
        asking = threading.Thread(target=lambda: slow.append(ask(port, "/slow")))
        asking.start()
        time.sleep(SLOW_SECONDS / 4)
        meanwhile = {ask(port) for _ in range(12)}
        assert asking.is_alive(), "too slow a machine to tell"
        asking.join()

    assert len(both) == 2
    assert slow
    assert meanwhile == set(both) - set(slow)


def test_a_site_that_stops_answers_what_it_has_in_hand(tmp_path):
    with served(tmp_path) as (server, port):
        ask(port)
        slow: list[bytes] = []
        asking = threading.Thread(target=lambda: slow.append(ask(port, "/slow")))
        asking.start()
        time.sleep(SLOW_SECONDS / 4)
        server.terminate()
        asking.join()
        assert server.wait(20) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, port))

    assert slow
