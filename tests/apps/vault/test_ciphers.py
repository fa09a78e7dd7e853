import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from civicloop.apps.vault.ciphers import PROFILES, WrongSealError

# RFC 8998, appendix A.1: SM4 in GCM
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
NONCE = bytes.fromhex("00001234567800000000abcd")
PLACE = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = bytes.fromhex(
    "aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8
)
SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)  # fmt: skip


def test_the_national_cipher_opens_what_its_standard_sealed():
    assert PROFILES["sm"].unseal(KEY, NONCE + SEALED, PLACE) == PLAIN


def test_the_national_cipher_seals_as_its_standard_says():
    encryptor = Cipher(algorithms.SM4(KEY), modes.GCM(NONCE)).encryptor()
    encryptor.authenticate_additional_data(PLACE)

    assert encryptor.update(PLAIN) + encryptor.finalize() + encryptor.tag == SEALED


@pytest.mark.parametrize("name", PROFILES)
def test_each_profile_opens_its_own_seal_in_its_place_alone(name):
    profile = PROFILES[name]
    key = profile.derive(b"secret", "purpose")
    sealed = profile.seal(key, "王某".encode(), b"place")

    assert profile.unseal(key, sealed, b"place").decode() == "王某"
    with pytest.raises(WrongSealError):
        profile.unseal(key, sealed, b"another")
    with pytest.raises(WrongSealError):
        profile.unseal(profile.derive(b"secret", "another"), sealed, b"place")


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("length", [0, 5, 12, 20, 29])
def test_what_is_cut_off_does_not_open(name, length):
    profile = PROFILES[name]
    key = profile.derive(b"secret", "purpose")
    sealed = profile.seal(key, b"13800138000", b"place")

    with pytest.raises(WrongSealError):
        profile.unseal(key, sealed[:length], b"place")


def test_the_profiles_make_different_keys_and_indexes():
    aes, sm = PROFILES["aes"], PROFILES["sm"]

    assert (aes.key_bytes, sm.key_bytes) == (32, 16)
    assert aes.index(KEY, b"1") != sm.index(KEY, b"1")
