"""Run the reader in a child process that may die without harm.

The child gets its task as JSON on its standard input and answers with length-prefixed JSON
messages. It limits its own memory, processor time and files before it opens anything; the parent
adds a limit on waiting. The child ends when its standard input closes, that is, when the parent
lets go of it or dies.
"""

import json
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError

CHILD_MODULE = "civicloop.connectors.spreadsheets.child"
LENGTH = struct.Struct(">I")
_TOO_MUCH_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGKILL})
_READ_SIZE = 1 << 20


def run_child(task: dict[str, Any], *, limits: Limits, file_bytes: int) -> Iterator[dict[str, Any]]:
    """Yield the child's messages until it says that it is done.

    Args:
        task: What to do, as plain JSON.
        limits: Bounds of the child. The time to wait is counted without the time that the
            caller spends on the answers.
        file_bytes: Size of the file; honest big files get more time.

    Raises:
        UnreadableFileError: The child reported an error, took too much, or died.
    """
    child = subprocess.Popen(  # noqa: S603  fixed command
        [sys.executable, "-I", "-m", CHILD_MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={},
        cwd="/",
    )
    try:
        cpu_seconds = limits.scaled_seconds(limits.cpu_seconds, file_bytes)
        _send_task(child, {**task, "limits": asdict(limits), "cpu_seconds": cpu_seconds})
        yield from _Conversation(child, limits, file_bytes).messages()
    finally:
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()


def _send_task(child: subprocess.Popen[bytes], task: dict[str, Any]) -> None:
    body = json.dumps(task).encode()
    with suppress(BrokenPipeError):  # its end says more than our write error
        _stream(child.stdin).write(LENGTH.pack(len(body)) + body)


def _stream(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # pragma: no cover  Popen was asked for pipes
        raise RuntimeError("the child has no pipe")
    return pipe


class _Conversation:
    """The parent's end of the pipe, with a purse of waiting time."""

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits, file_bytes: int) -> None:
        self._child = child
        self._limits = limits
        self._cpu_seconds = limits.scaled_seconds(limits.cpu_seconds, file_bytes)
        self._wall_seconds = limits.scaled_seconds(limits.wall_seconds, file_bytes)
        self._waited = 0.0
        self._output = _stream(child.stdout)
        self._poll = select.poll()  # unlike select(), works with more than 1,024 open files
        self._poll.register(self._output, select.POLLIN)

    def messages(self) -> Iterator[dict[str, Any]]:
        while True:
            (length,) = LENGTH.unpack(self._read(LENGTH.size))
            if length > self._limits.message_bytes:
                raise UnreadableFileError(
                    UnreadableCode.READER_DIED, {"detail": f"message of {length} bytes"}
                )
            message: dict[str, Any] = json.loads(self._read(length))
            if "error" in message:
                raise UnreadableFileError(UnreadableCode(message["error"]), message["params"])
            if "done" in message:
                return
            yield message

    def _read(self, size: int) -> bytearray:
        answer = bytearray()
        while len(answer) < size:
            self._wait()
            piece = self._output.read(min(size - len(answer), _READ_SIZE))
            if not piece:
                raise self._death()
            answer += piece
        return answer

    def _wait(self) -> None:
        began = time.monotonic()
        ready = self._poll.poll(max(0.0, self._wall_seconds - self._waited) * 1_000)
        self._waited += time.monotonic() - began
        if not ready:
            raise _too_much_time(self._wall_seconds)

    def _death(self) -> UnreadableFileError:
        code = self._child.wait()
        if code == -signal.SIGXCPU:
            return _too_much_time(self._cpu_seconds)
        if code in _TOO_MUCH_MEMORY:
            limit = str(self._limits.memory_bytes)
            return UnreadableFileError(UnreadableCode.TOO_MUCH_MEMORY, {"limit": limit})
        return UnreadableFileError(UnreadableCode.READER_DIED, {"detail": f"exit {code}"})


def _too_much_time(seconds: int) -> UnreadableFileError:
    return UnreadableFileError(UnreadableCode.TOO_MUCH_TIME, {"seconds": str(seconds)})
