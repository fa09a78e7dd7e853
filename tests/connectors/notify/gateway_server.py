"""A gateway on a real local socket that answers as a test wants, and keeps what it was told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Told:
    path: str
    content_type: str
    body: str


@dataclass
class FakeGateway:
    url: str = ""
    status: int = 200
    answer: bytes = b'{"errcode": 0, "errmsg": "ok"}'
    location: str = ""
    silent_seconds: float = 0
    told: list[Told] = field(default_factory=list)


@contextmanager
def fake_gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            fake.told.append(Told(self.path, self.headers["Content-Type"], body))
            time.sleep(fake.silent_seconds)
            self.send_response(fake.status)
            if fake.location:
                self.send_header("Location", fake.location)
            self.send_header("Content-Length", str(len(fake.answer)))
            self.end_headers()
            self.wfile.write(fake.answer)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()
