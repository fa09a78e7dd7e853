import socket
import threading

import pytest

from civicloop.connectors import file_scanner
from civicloop.connectors.file_scanner import (
    Scanner,
    ScannerError,
    harm_in,
    is_answering,
    scanner_of,
)
from tests.clamd import HARM, MOST_BYTES, clamd


@pytest.fixture
def scanner():
    with clamd() as (url, _seen):
        yield scanner_of(url)


def _answering(answer: bytes):
    """A listener that says this to whoever comes, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def say() -> None:
        line, _address = listener.accept()
        with line:
            line.recv(65_536)
            line.sendall(answer)

    threading.Thread(target=say, daemon=True).start()
    return listener, Scanner(host="127.0.0.1", port=listener.getsockname()[1])


def test_what_clamd_finds_is_named(scanner):
    assert harm_in([b"before ", HARM, b" after"], scanner=scanner) == "Test.Harm-1"
    assert harm_in([b"a good file"], scanner=scanner) == ""
    assert harm_in([], scanner=scanner) == ""
    assert is_answering(scanner)


def test_a_file_comes_whole_in_pieces_of_any_size():
    with clamd() as (url, seen):
        pieces = [b"a" * 200_000, b"", b"b" * 3, b"c" * 65_536]

        harm_in(pieces, scanner=scanner_of(url))

    assert seen == [b"".join(pieces)]


def test_a_file_that_is_too_large_for_it_was_not_looked_through(scanner):
    with pytest.raises(ScannerError, match=r"size limit|does not answer"):
        harm_in([b"a" * (MOST_BYTES + 100_000)] * 3, scanner=scanner)


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0", b"stream: OK and more\0", b"stream: \xff FOUND\0", b"x" * 9_000, b"stream: 1 ERROR\0"],
)  # fmt: skip
def test_any_other_answer_is_none(answer):
    listener, scanner = _answering(answer)
    with listener, pytest.raises(ScannerError):
        harm_in([b"a file"], scanner=scanner)


def test_one_that_does_not_speak_is_waited_for_so_long_and_no_longer(monkeypatch):
    monkeypatch.setattr(file_scanner, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        scanner = Scanner(host="127.0.0.1", port=listener.getsockname()[1])

        with pytest.raises(ScannerError, match="does not answer"):
            harm_in([b"a file"], scanner=scanner)
        assert not is_answering(scanner)


def test_one_that_is_slow_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(file_scanner, "WALL_SECONDS", -1.0)
    with clamd() as (url, _seen), pytest.raises(ScannerError, match="too long"):
        harm_in([b"a file"], scanner=scanner_of(url))


def test_nobody_there_is_an_error(tmp_path):
    for nobody in (Scanner(host="127.0.0.1", port=1), Scanner(path=str(tmp_path / "none"))):
        assert not is_answering(nobody)
        with pytest.raises(ScannerError):
            harm_in([b"a file"], scanner=nobody)


def test_it_may_listen_on_a_socket_of_the_machine(tmp_path):
    path = str(tmp_path / "clamd")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def say() -> None:
            line, _address = listener.accept()
            with line:
                line.recv(100)
                line.sendall(b"PONG\0")

        threading.Thread(target=say, daemon=True).start()
        assert is_answering(scanner_of(f"unix://{path}"))


@pytest.mark.parametrize(
    "url", ["", "clamd", "http://host:3310", "tcp://", "tcp://user@host", "tcp://host/x", "unix://",
            "unix://host/path", "tcp://host:port"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match=r"must be tcp|Port"):
        scanner_of(url)
