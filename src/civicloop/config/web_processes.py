"""The site's processes: a new connection goes to the one that has the fewest requests in hand.

By itself the kernel draws lots among the processes of one port, so that of four callers three or four may wait
for one process while another idles. Here every process listens on a socket of its own that was opened in
their order, and whenever it begins or ends a request it tells the kernel among which of them to draw. Where
the kernel cannot be told so, it draws lots among all.
"""

import ctypes
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import get_start_method
from multiprocessing.sharedctypes import RawArray
from threading import Lock
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer, WorkerProcess

Headers = list[tuple[str, str]]
StartResponse = Callable[..., object]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Counts = ctypes.Array[ctypes.c_int]  # of each process, in memory that all share

SO_ATTACH_REUSEPORT_CBPF = 51  # of Linux; socket(7)
RANDOM_NUMBER = 0xFFFFF038  # where a filter finds one: SKF_AD_OFF + SKF_AD_RANDOM
LOAD, MODULO, IS_EQUAL, GIVE = 0x20, 0x94, 0x15, 0x06  # a filter's instructions; linux/filter.h
IS_NO_FILE = False  # the socket is of TCP
NOT_READY = 1 << 20  # a process that has not loaded the site yet is the last to be chosen


class EvenServer(MPServer):
    """Granian, whose processes share the port evenly."""

    def _init_shared_socket(self) -> None:
        self._ssp = self._sso = None
        self.listeners = open_listeners(
            self.bind_addr, self.bind_port, count=self.workers, backlog=self.backlog
        )
        self.in_hand: Counts = RawArray(ctypes.c_int, [NOT_READY] * self.workers)

    def _spawn_worker(  # type: ignore[override]
        self, idx: int, target: Callable[..., None], callback_loader: Callable[[], Application]
    ) -> WorkerProcess:
        held = (self.listeners[idx].fileno(), IS_NO_FILE, self.backlog)
        self._shd = SocketHolder(*held)  # type: ignore[call-arg, assignment]
        loader = partial(_load, callback_loader, idx, self.listeners, self.in_hand)
        return super()._spawn_worker(idx, target, loader)

    def _drop_shared_socket(self) -> None:
        for listener in self.listeners:
            listener.close()


def can_share_evenly() -> bool:
    """Linux, and processes that inherit what was opened before them."""
    return sys.platform == "linux" and get_start_method() == "fork"


def open_listeners(host: str, port: int, *, count: int, backlog: int) -> list[socket.socket]:
    """Sockets that listen on one port; the kernel counts them in the order in which they listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listeners = []
    for _number in range(count):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(backlog)
        listeners.append(listener)
    return listeners


def _load(
    load: Callable[[], Application], own: int, listeners: list[socket.socket], in_hand: Counts
) -> Application:
    """In a new process: the site, whose requests are counted; the others' sockets are theirs alone."""
    for number, listener in enumerate(listeners):
        if number != own:
            listener.close()
    return CountedSite(load(), own=own, listener=listeners[own], in_hand=in_hand)


class CountedSite:
    """The site in one process; all see how many requests each has in hand."""

    def __init__(
        self, application: Application, *, own: int, listener: socket.socket, in_hand: Counts
    ) -> None:
        self.application, self.own, self.listener = application, own, listener
        self.in_hand, self.count, self.lock = in_hand, 0, Lock()
        self._note(0)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *more: object) -> object:
            if self._is_crowded() and environ["SERVER_PROTOCOL"].startswith("HTTP/1"):
                headers = [*headers, ("Connection", "close")]  # it comes again to another process
            return start_response(status, headers, *more)

        self._note(1)
        try:
            return self.application(environ, start)
        finally:
            self._note(-1)

    def _note(self, more: int) -> None:
        with self.lock:
            self.count += more
            self.in_hand[self.own] = self.count
            direct(self.listener, fewest(self.in_hand[:]))

    def _is_crowded(self) -> bool:
        """Without the request that is being answered there is still more here than elsewhere."""
        least: int = min(self.in_hand[:])
        return self.count - 1 > least


def fewest(in_hand: Sequence[int]) -> list[int]:
    """The processes with the fewest requests in hand."""
    least = min(in_hand)
    return [number for number, count in enumerate(in_hand) if count == least]


def direct(listener: socket.socket, chosen: Sequence[int]) -> None:
    """Have the kernel draw among these for each new connection to the port."""
    instructions = b"".join(struct.pack("HBBI", *one) for one in _drawing(chosen))
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HP", len(instructions) // 8, ctypes.addressof(buffer))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program)


def _drawing(chosen: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """A filter that gives one of the chosen by chance."""
    *others, last = chosen
    draw = [(LOAD, 0, 0, RANDOM_NUMBER), (MODULO, 0, 0, len(chosen))] if others else []
    steps = [
        step
        for drawn, number in enumerate(others)
        for step in ((IS_EQUAL, 0, 1, drawn), (GIVE, 0, 0, number))
    ]
    return [*draw, *steps, (GIVE, 0, 0, last)]
