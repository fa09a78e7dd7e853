"""Prepare what comes next in a process of its own, while what came before is being written."""

import gc
import marshal
import os
import pickle
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO, NoReturn

from django.db import connections

from civicloop.connectors.lifeline import end_with_holder_of

READY_ITEMS = 8
HEAD = struct.Struct(">cI")  # what follows, and its length
ITEM, ERROR, END = b"i", b"e", b"."

# What arrives hangs together in no rings, and is many small things that the collector counts.
USUAL_COLLECTING, SELDOM_COLLECTING = gc.get_threshold(), (50_000, 20, 50)

Plain = Any  # numbers, texts, nothing, and tuples, lists and dicts of them: what marshal can write


@contextmanager
def prepared_ahead(items: Iterator[Plain]) -> Iterator[Iterator[Plain]]:
    """The same items in the same order, of which a few are ready before they are asked for.

    They are made in a fork of this process, which must not use the database: a thread would take
    the interpreter from the one that writes. The fork has ended when the block is left, however
    it is left, and ends with this process. An error of the source is raised at its place.

    Raises:
        ChildProcessError: the fork died before the last item.
    """
    from_fork, to_writer = os.pipe()
    from_writer, lifeline = os.pipe()
    fork = os.fork()
    if not fork:  # pragma: no cover  runs in the fork only
        os.close(from_fork)
        os.close(lifeline)
        _make(items, to_writer, from_writer)
    os.close(to_writer)
    os.close(from_writer)
    ready: Queue[tuple[bytes, Plain]] = Queue(READY_ITEMS)
    stream = os.fdopen(from_fork, "rb")
    receiver = Thread(target=_receive, args=(stream, ready), name="prepared_ahead", daemon=True)
    receiver.start()
    gc.set_threshold(*SELDOM_COLLECTING)
    try:
        yield _until_end(ready)
    finally:
        gc.set_threshold(*USUAL_COLLECTING)
        os.close(lifeline)
        os.kill(fork, signal.SIGKILL)
        while receiver.is_alive():  # it may wait for room
            while not ready.empty():
                ready.get()
            receiver.join(timeout=0.01)
        stream.close()
        os.waitpid(fork, 0)


def _make(
    items: Iterator[Plain], to_writer: int, from_writer: int
) -> NoReturn:  # pragma: no cover  runs in the fork only
    """Send the items and end without any tidying up: connections and files are the other's."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # typed at the terminal, it is for the other
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with_holder_of(from_writer)
        gc.disable()
        for connection in connections.all(initialized_only=True):
            connection.execute_wrappers.append(_refuse)
        with os.fdopen(to_writer, "wb", closefd=False) as stream:
            try:
                for item in items:
                    _send(stream, ITEM, marshal.dumps(item))
                _send(stream, END, b"")
            except Exception as error:  # noqa: BLE001  it is raised where the items are used
                _send(stream, ERROR, pickle.dumps(error))
    finally:
        os._exit(0)


def _refuse(*_statement: object) -> NoReturn:  # pragma: no cover  runs in the fork only
    raise RuntimeError("the database's connection belongs to another process")


def _send(stream: BinaryIO, kind: bytes, body: bytes) -> None:
    stream.write(HEAD.pack(kind, len(body)))
    stream.write(body)
    stream.flush()


def _receive(stream: BinaryIO, ready: Queue[tuple[bytes, Plain]]) -> None:
    """Unpack what the fork sends as it comes; a pipe alone holds less than one item."""
    kind = ITEM
    while kind == ITEM:
        head = stream.read(HEAD.size)
        kind, length = HEAD.unpack(head) if len(head) == HEAD.size else (ERROR, 0)
        body = stream.read(length)
        if not body or len(body) < length:
            ready.put((kind, None) if kind == END else (ERROR, _death()))
            return
        ready.put((kind, marshal.loads(body) if kind == ITEM else pickle.loads(body)))  # noqa: S301, S302  of our fork


def _death() -> ChildProcessError:
    return ChildProcessError("the process that prepares rows died")


def _until_end(ready: Queue[tuple[bytes, Plain]]) -> Iterator[Plain]:
    while (message := ready.get())[0] == ITEM:
        yield message[1]
    if message[0] == ERROR:
        raise message[1]
