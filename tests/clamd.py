"""A scanner that speaks like clamd, for tests: it knows one harmful word."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HARM = b"a harmful file of this test"
MOST_BYTES = 3_000_000  # as StreamMaxLength of clamd.conf


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        file = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            file += self.rfile.read(length)
            if len(file) > MOST_BYTES:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return  # hangs up, whatever is still on its way
        self.server.seen.append(file)
        self.wfile.write(b"stream: Test.Harm-1 FOUND\0" if HARM in file else b"stream: OK\0")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.seen: list[bytes] = []


@contextmanager
def clamd() -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and the files that were shown to it."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}", server.seen
        finally:
            server.shutdown()
            thread.join()
