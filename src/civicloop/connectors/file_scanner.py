"""Ask the city's own scanner whether a file is known to be harmful: clamd, of ClamAV, or what speaks like it.

Source: clamd(8), commands PING and INSTREAM: pieces with their length in four bytes, ended by one of none.
"""

import re
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PORT = 3310
TIMEOUT_SECONDS = 10.0  # without any progress
WALL_SECONDS = 60.0  # of one file
MOST_ANSWER_BYTES = 4_096
MOST_PIECE_BYTES = 1 << 16
_ANSWER = re.compile(r"stream: (?:(OK)|([\x21-\x7e]{1,200}) FOUND)")


class ScannerError(OSError):
    """The scanner was not reached, did not answer in time, or could not look through the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """Where it listens: a host with its port, or the path of a socket."""

    host: str = ""
    port: int = PORT
    path: str = ""


def scanner_of(url: str) -> Scanner:
    """The scanner from the installation's settings.

    Raises:
        ValueError: it is neither tcp://HOST:PORT nor unix:///PATH.
    """
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return Scanner(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.path in {"", "/"} and not parts.username:
        return Scanner(host=parts.hostname, port=parts.port or PORT)
    raise ValueError(f"{url!r} must be tcp://HOST:PORT or unix:///PATH")


def harm_in(pieces: Iterable[bytes], *, scanner: Scanner) -> str:
    """What the scanner calls the harm that it knows in a file; "" where it finds none.

    Args:
        pieces: The file, in pieces of any size.
        scanner: Who is asked.

    Raises:
        ScannerError: nobody looked through the file.
    """
    try:
        answer = _answer_to(b"zINSTREAM\0", pieces, scanner)
    except OSError as error:
        raise ScannerError(f"the scanner of files does not answer: {error}") from None
    found = _ANSWER.fullmatch(answer)
    if found is None:
        raise ScannerError(f"the scanner of files could not look through one: {answer!r}")
    return found[2] or ""


def is_answering(scanner: Scanner) -> bool:
    """Whether the scanner is there."""
    try:
        return _answer_to(b"zPING\0", None, scanner) == "PONG"
    except OSError:
        return False


def _answer_to(command: bytes, pieces: Iterable[bytes] | None, scanner: Scanner) -> str:
    ends = time.monotonic() + WALL_SECONDS
    with _connected(scanner) as line:
        with suppress(BrokenPipeError, ConnectionResetError):  # it may say why before it hangs up
            line.sendall(command)
            for piece in pieces or ():
                _send(line, piece, ends)
            if pieces is not None:
                line.sendall(struct.pack("!L", 0))
        return _read(line, ends)


def _connected(scanner: Scanner) -> socket.socket:
    if not scanner.path:
        return socket.create_connection((scanner.host, scanner.port), timeout=TIMEOUT_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT_SECONDS)
    try:
        line.connect(scanner.path)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, piece: bytes, ends: float) -> None:
    for at in range(0, len(piece), MOST_PIECE_BYTES):
        if time.monotonic() > ends:
            raise TimeoutError("it takes too long")
        part = piece[at : at + MOST_PIECE_BYTES]
        line.sendall(struct.pack("!L", len(part)) + part)


def _read(line: socket.socket, ends: float) -> str:
    """Up to the byte that ends an answer; none is as good as no answer."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_ANSWER_BYTES:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("it takes too long")
        line.settimeout(min(TIMEOUT_SECONDS, left))
        came = line.recv(MOST_ANSWER_BYTES)
        if not came:
            break
        answer += came
    return answer.rstrip(b"\0\n").decode("ascii", "replace")
