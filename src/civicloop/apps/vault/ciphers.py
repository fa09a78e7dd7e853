"""Two profiles of ciphers, of which a city chooses one: the international and the national.

Sources: AES in GCM, NIST SP 800-38D; SM4 (GB/T 32907-2016) in the same mode, RFC 8998; HKDF,
RFC 5869; HMAC, RFC 2104, with SHA-256 or SM3 (GB/T 32905-2016).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16


class WrongSealError(ValueError):
    """The bytes were changed, or sealed under another key or for another place."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What seals, what derives keys and what makes an index."""

    key_bytes: int
    digest: Callable[[], HashAlgorithm]
    seal: Callable[[bytes, bytes, bytes], bytes]  # key, plain, place
    unseal: Callable[[bytes, bytes, bytes], bytes]

    def derive(self, secret: bytes, purpose: str, length: int | None = None) -> bytes:
        """A key for one purpose; keys of different purposes tell nothing of each other."""
        return HKDF(
            algorithm=self.digest(),
            length=length or self.key_bytes,
            salt=None,
            info=purpose.encode(),
        ).derive(secret)

    def index(self, key: bytes, text: bytes) -> bytes:
        """A keyed code: the same for the same text, of no use without the key."""
        hmac = HMAC(key, self.digest())
        hmac.update(text)
        return hmac.finalize()


@lru_cache(maxsize=256)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)


def _seal_aes(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _aes(key).encrypt(nonce, plain, place)


def _unseal_aes(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise WrongSealError
    try:
        return _aes(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except InvalidTag:
        raise WrongSealError from None


def _seal_sm4(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(place)
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _unseal_sm4(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise WrongSealError
    nonce, tag = sealed[:NONCE_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(place)
    try:
        return decryptor.update(sealed[NONCE_BYTES:-TAG_BYTES]) + decryptor.finalize()
    except InvalidTag:
        raise WrongSealError from None


PROFILES = {
    "aes": Profile(32, SHA256, _seal_aes, _unseal_aes),  # AES-256-GCM, HMAC-SHA256
    "sm": Profile(16, SM3, _seal_sm4, _unseal_sm4),  # SM4-GCM, HMAC-SM3
}
