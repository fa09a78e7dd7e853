"""A small OpenID provider of the tests' own, in a thread: a foreign system, which lies where it is told to."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm


class IdentityProvider:
    """What it says can be changed by a test before it is asked."""

    def __init__(self) -> None:
        self.key = self.shown_key = generate_private_key(SECP256R1())
        self.algorithm, self.secret = "ES256", "hush"
        self.claims: dict[str, Any] = {
            "sub": "42",
            "preferred_username": "wang",
            "role": "supervisor",
        }
        self.described: dict[str, str] = {}
        self.verifiers: list[str] = []
        self.issuer = ""
        self.nonce = ""  # of the last page that somebody was sent to

    def sent_to(self, page: str) -> Mapping[str, str]:
        """Somebody logs in there; what the page was asked with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        self.nonce = asked["nonce"]
        return asked

    def answer(self, path: str, body: str) -> object:
        """What it says at an address."""
        if path.endswith("openid-configuration"):
            pages = {
                name: f"{self.issuer}/{name}"
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
            }
            return {"issuer": self.issuer, **pages, **self.described}
        if path.endswith("jwks_uri"):
            shown = json.loads(ECAlgorithm.to_jwk(self.shown_key.public_key()))
            return {"keys": [{**shown, "kid": "1", "alg": "ES256", "use": "sig"}]}
        self.verifiers += parse_qs(body)["code_verifier"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "civicloop",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
        }
        key = (
            self.key
            if self.algorithm == "ES256"
            else self.secret
            if self.algorithm == "HS256"
            else None
        )
        token = jwt.encode({**claims, **self.claims}, key, self.algorithm, headers={"kid": "1"})
        return {"id_token": token, "token_type": "Bearer", "access_token": "-"}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """It answers until the test ends."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            told = json.dumps(provider.answer(self.path, content)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_POST = do_GET  # noqa: N815 -- the library's name

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
