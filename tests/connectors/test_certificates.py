"""A server whose certificate nobody vouches for is told nothing."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID
from django.utils import timezone

from civicloop.connectors.model_endpoint import ModelEndpointError, model_endpoint_of
from civicloop.connectors.single_sign_on import Asked, SingleSignOnError, page_of, provider_of


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A TLS server that vouches for itself: its port, and what it was told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_own_certificate(tmp_path / "own.pem"))
    told: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=listen, args=(listening, context, told))
    thread.start()
    try:
        yield listening.getsockname()[1], told
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        listening.close()


def listen(listening: socket.socket, context: ssl.SSLContext, told: list[bytes]) -> None:
    with suppress(OSError):  # until it is shut down
        while True:
            taken, _address = listening.accept()
            taken.settimeout(5)
            with taken, suppress(OSError), context.wrap_socket(taken, server_side=True) as spoken:
                told.append(spoken.recv(1_000))


def write_own_certificate(file: Path) -> Path:
    key, day = generate_private_key(SECP256R1()), dt.timedelta(days=1)
    now = timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file


def test_the_provider_of_single_sign_on_must_be_vouched_for(heard):
    port, told = heard
    provider = provider_of(issuer=f"https://localhost:{port}", client="c", secret="hush")

    with pytest.raises(SingleSignOnError, match="CERTIFICATE_VERIFY_FAILED"):
        page_of(provider, Asked(state="s", nonce="n", verifier="v"), back="https://city.example/")
    assert told == []


def test_the_model_s_server_must_be_vouched_for(heard):
    port, told = heard
    endpoint = model_endpoint_of(f"https://localhost:{port}/v1", name="m", key="hush")

    with pytest.raises(ModelEndpointError, match="CERTIFICATE_VERIFY_FAILED"):
        endpoint.embed(["路灯不亮"])
    assert told == []
