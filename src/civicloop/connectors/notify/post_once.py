"""One HTTP request to the one host that the operator has configured."""

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult

from civicloop.connectors.notify.protocol import NotDeliveredError

TIMEOUT_SECONDS = 10.0
ANSWER_MAX_BYTES = 65_536
GOOD = range(200, 300)
REFUSED = {*range(300, 500), 503}  # any other failure may come from behind a gateway that has sent


class UnclearAnswerError(RuntimeError):
    """The answer does not tell whether the message went out."""


def post(
    address: SplitResult,
    body: bytes,
    *,
    content_type: str,
    query: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Post a body and give the answer's; redirects are answers like any other, never followed.

    Args:
        address: where to, http or https; over https the server's certificate is checked.
        body: what to post.
        content_type: its type.
        query: instead of the address's own.
        headers: further ones.

    Raises:
        NotDeliveredError: the host was not reached, or refused.
        UnclearAnswerError: the host had a fault of its own.
        OSError: the line broke after the request went out.
        http.client.HTTPException: the answer is none.
    """
    connection = _connection(address)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotDeliveredError(f"{address.hostname}: {error}") from error
        wanted = address.query if query is None else query
        path = f"{address.path or '/'}?{wanted}" if wanted else address.path or "/"
        all_headers = {"Content-Type": content_type, **(headers or {})}
        connection.request("POST", path, body, all_headers)
        answer = connection.getresponse()
        content = answer.read(ANSWER_MAX_BYTES)
        if answer.status in REFUSED:
            raise NotDeliveredError(f"{address.hostname}: HTTP {answer.status}")
        if answer.status not in GOOD:
            raise UnclearAnswerError(f"{address.hostname}: HTTP {answer.status}")
        return content
    finally:
        connection.close()


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        return http.client.HTTPSConnection(
            host, address.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(host, address.port, timeout=TIMEOUT_SECONDS)
