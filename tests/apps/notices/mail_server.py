"""An e-mail server on a real local socket that keeps what it is given, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class FakeMailServer:
    port: int = 0
    refuses: bool = False
    hangs_up: bool = False  # after it has taken a message, before it says so
    mails: list[str] = field(default_factory=list)


@contextmanager
def fake_mail_server() -> Iterator[FakeMailServer]:
    fake = FakeMailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 fake")
            while line := self.rfile.readline().decode().strip():
                match line.split()[0].upper():
                    case "DATA":
                        self.say("354 go on")
                        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                        fake.mails.append("".join(lines))
                        if fake.hangs_up:
                            return
                        self.say("250 taken")
                    case "RCPT" if fake.refuses:
                        self.say("550 no such box")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 well")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()
