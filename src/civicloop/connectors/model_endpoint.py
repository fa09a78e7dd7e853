"""Ask a model that the city runs itself for the meaning of texts, as numbers.

The address speaks the embeddings protocol that most model servers have in common (POST …/embeddings
with model and input, answered by data with index and embedding). Telephone, identity and card numbers
are masked before a text leaves; redirects are never followed, proxies never used.

Source: the OpenAI API reference, "Create embeddings", as vLLM, llama.cpp, Ollama and others serve it.
"""

import http.client
import json
import math
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeGuard
from urllib.parse import SplitResult, urlsplit

from civicloop.engines.pii import mask_pii

TIMEOUT_SECONDS = 20.0  # of the whole silence that is borne, for each batch
ANSWER_MAX_BYTES = 64 * 1024 * 1024
TEXTS_AT_ONCE = 32
TEXT_CHARACTERS = 2_000  # of one text
Vector = tuple[float, ...]


class ModelEndpointError(RuntimeError):
    """The model was not reached, refused, or answered something else than asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEndpoint:
    """Where the model is, its name there, and the key that it asks for."""

    address: SplitResult  # …/v1, without /embeddings
    name: str
    key: str = field(default="", repr=False)

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Return one vector for each text, all of one length.

        Raises:
            ModelEndpointError: The model was not reached, refused or made no sense.
        """
        found: list[Vector] = []
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            found += self._embed_some(texts[first : first + TEXTS_AT_ONCE])
        if len({len(vector) for vector in found}) > 1:
            raise ModelEndpointError(f"{self.address.hostname}: vectors of different lengths")
        return found

    def _embed_some(self, texts: Sequence[str]) -> list[Vector]:
        asked = {
            "model": self.name,
            "input": [mask_pii(text)[:TEXT_CHARACTERS] for text in texts],
        }
        try:
            answer = json.loads(self._post(json.dumps(asked, ensure_ascii=False).encode()))
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = [row["embedding"] for row in rows]
        except (OSError, http.client.HTTPException) as error:
            raise ModelEndpointError(f"{self.address.hostname}: {error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelEndpointError(f"{self.address.hostname}: no embeddings") from error
        if len(vectors) != len(texts) or not all(map(_is_vector, vectors)):
            raise ModelEndpointError(f"{self.address.hostname}: no embeddings")
        return [tuple(map(float, vector)) for vector in vectors]

    def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        connection = self._connection()
        try:
            connection.request("POST", f"{self.address.path}/embeddings", body, headers)
            answer = connection.getresponse()
            content = answer.read(ANSWER_MAX_BYTES)
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise ModelEndpointError(f"{self.address.hostname}: HTTP {answer.status}")
        return content

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self.address.hostname or "", self.address.port
        if self.address.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def model_endpoint_of(url: str, *, name: str, key: str) -> ModelEndpoint:
    """Return the model at an address.

    Raises:
        ValueError: The address is none of http or https, or the model has no name.
    """
    address = urlsplit(url.rstrip("/"))
    if address.scheme not in ("http", "https") or not address.hostname or address.username:
        raise ValueError("the address must be https://HOST/v1 or http://HOST/v1, the key apart")
    if address.query or address.fragment:
        raise ValueError("the address must end with its path")
    if not name:
        raise ValueError("the model's name is missing")
    return ModelEndpoint(address=address, name=name, key=key)


def _is_vector(row: object) -> TypeGuard[list[float]]:
    return (
        isinstance(row, list)
        and bool(row)
        and all(isinstance(number, int | float) and math.isfinite(number) for number in row)
    )
