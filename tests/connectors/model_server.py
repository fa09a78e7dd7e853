"""A model on a real local socket that speaks the embeddings protocol: it counts characters."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 64


@dataclass
class FakeModel:
    url: str = ""
    status: int = 200
    answer: bytes = b""  # instead of embeddings
    location: str = ""
    silent_seconds: float = 0
    inputs: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, str]] = field(default_factory=list)  # path, model, authorization


def embedding_of(text: str) -> list[float]:
    counts = [0.0] * DIMENSIONS
    for sign in text:
        counts[ord(sign) % DIMENSIONS] += 1
    return counts


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    fake = FakeModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.inputs += asked["input"]
            fake.calls.append((self.path, asked["model"], self.headers.get("Authorization", "")))
            time.sleep(fake.silent_seconds)
            rows = [
                {"object": "embedding", "index": index, "embedding": embedding_of(text)}
                for index, text in enumerate(asked["input"])
            ]
            document = {"object": "list", "model": asked["model"], "data": rows[::-1]}
            answer = fake.answer or json.dumps(document).encode()
            self.send_response(fake.status)
            if fake.location:
                self.send_header("Location", fake.location)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()
