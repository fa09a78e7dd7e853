import stat

import pytest
from django.conf import settings

from civicloop.apps.vault.ciphers import PROFILES
from civicloop.apps.vault.keys import add_key, drop_old_keys, key_in_use, keys
from civicloop.apps.vault.sealing import (
    SealBrokenError,
    index_of,
    indexes_of,
    seal,
    unseal,
)

pytestmark = pytest.mark.django_db  # a first key is made where nothing is sealed yet
PHONE = "13800138000"
COLUMN = "people.phone"


@pytest.fixture(params=["aes", "sm"], autouse=True)
def profile(request, monkeypatch):
    monkeypatch.setattr(settings, "VAULT_CIPHERS", request.param)
    return request.param


def test_what_was_sealed_opens_in_its_place():
    sealed = seal(PHONE, place="people.phone:7")

    assert unseal(sealed, key_id=key_in_use(), place="people.phone:7") == PHONE
    assert PHONE.encode() not in sealed


def test_the_same_text_is_sealed_differently_each_time():
    assert seal(PHONE, place="people.phone:7") != seal(PHONE, place="people.phone:7")


@pytest.mark.parametrize("place", ["people.phone:8", "people.name:7", "others.phone:7"])
def test_a_seal_does_not_open_in_another_table_column_or_record(place):
    sealed = seal(PHONE, place="people.phone:7")

    with pytest.raises(SealBrokenError):
        unseal(sealed, key_id=key_in_use(), place=place)


def test_each_column_has_a_key_of_its_own():
    key = keys()[key_in_use()]

    assert key.of_column("people.phone") != key.of_column("people.name")
    assert key.of_column("people.phone") != key.of_index("people.phone")


def test_a_changed_byte_breaks_the_seal():
    sealed = bytearray(seal(PHONE, place="people.phone:7"))
    sealed[-1] ^= 1

    with pytest.raises(SealBrokenError):
        unseal(bytes(sealed), key_id=key_in_use(), place="people.phone:7")


def test_an_old_key_below_a_new_one_still_opens_what_it_sealed():
    sealed, old = seal(PHONE, place="people.phone:7"), key_in_use()

    assert add_key() == key_in_use() != old
    assert unseal(sealed, key_id=old, place="people.phone:7") == PHONE


def test_another_choice_of_ciphers_opens_what_the_first_sealed(profile, monkeypatch):
    sealed, old = seal(PHONE, place="people.phone:7"), key_in_use()
    other = next(name for name in PROFILES if name != profile)

    monkeypatch.setattr(settings, "VAULT_CIPHERS", other)

    assert key_in_use() != old
    assert unseal(sealed, key_id=old, place="people.phone:7") == PHONE


def test_what_the_first_version_sealed_still_opens():
    """Its key was one for all columns; sealed here as it did."""
    secret = settings.CONTACT_KEY_FILE
    secret.write_text("the-secret-of-an-old-installation\n")
    aes = PROFILES["aes"]
    key = aes.derive(b"the-secret-of-an-old-installation", "civicloop contact key")
    key_id = aes.derive(b"the-secret-of-an-old-installation", "civicloop contact key id", 8).hex()
    sealed = aes.seal(key, PHONE.encode(), b"intake_contact.phone:7")

    assert unseal(sealed, key_id=key_id, place="intake_contact.phone:7") == PHONE


def test_a_lost_key_is_said():
    sealed, old = seal(PHONE, place="people.phone:7"), key_in_use()
    settings.CONTACT_KEY_FILE.write_text("another-secret-altogether\n")

    with pytest.raises(SealBrokenError, match="not in the key file"):
        unseal(sealed, key_id=old, place="people.phone:7")


def test_a_dropped_key_opens_nothing_more():
    sealed, old = seal(PHONE, place="people.phone:7"), key_in_use()
    add_key()

    assert drop_old_keys() == 1
    with pytest.raises(SealBrokenError):
        unseal(sealed, key_id=old, place="people.phone:7")


def test_the_key_file_is_for_its_owner_alone_also_after_it_was_renewed():
    for renew in (key_in_use, add_key, drop_old_keys):
        renew()

        assert stat.S_IMODE(settings.CONTACT_KEY_FILE.stat().st_mode) == 0o600
        assert list(settings.CONTACT_KEY_FILE.parent.glob("contact_key*")) == [
            settings.CONTACT_KEY_FILE
        ]


def test_an_index_is_the_same_for_the_same_text_of_a_column():
    assert index_of(PHONE, column=COLUMN) == index_of(PHONE, column=COLUMN)
    assert index_of(PHONE, column=COLUMN) != index_of(PHONE, column="people.name")
    assert index_of(PHONE, column=COLUMN) != index_of("13800138001", column=COLUMN)
    assert index_of("", column=COLUMN) == ""


def test_an_index_tells_nothing_without_the_key():
    before = index_of(PHONE, column=COLUMN)
    settings.CONTACT_KEY_FILE.write_text("another-secret-altogether\n")

    assert index_of(PHONE, column=COLUMN) != before


def test_an_old_index_is_found_under_all_keys_at_hand():
    before = index_of(PHONE, column=COLUMN)
    add_key()

    assert index_of(PHONE, column=COLUMN) != before
    assert before in indexes_of(PHONE, column=COLUMN)
    assert indexes_of("", column=COLUMN) == []
