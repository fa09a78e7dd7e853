import stat

import pytest
from django.conf import settings
from tests.factories import AppealFactory

from civicloop.apps.intake.contacts import ContactDetails, open_contact, sealed_contact
from civicloop.apps.intake.sealing import SealBrokenError, key_in_use, seal, unseal

PHONE = "13800138000"


def test_what_was_sealed_opens_in_its_place():
    sealed = seal(PHONE, place="phone:7")

    assert unseal(sealed, key_id=key_in_use(), place="phone:7") == PHONE
    assert PHONE.encode() not in sealed


def test_the_same_text_is_sealed_differently_each_time():
    assert seal(PHONE, place="phone:7") != seal(PHONE, place="phone:7")


@pytest.mark.parametrize("place", ["phone:8", "name:7"])
def test_a_seal_does_not_open_in_another_column_or_record(place):
    sealed = seal(PHONE, place="phone:7")

    with pytest.raises(SealBrokenError):
        unseal(sealed, key_id=key_in_use(), place=place)


def test_a_changed_byte_breaks_the_seal():
    sealed = bytearray(seal(PHONE, place="phone:7"))
    sealed[-1] ^= 1

    with pytest.raises(SealBrokenError):
        unseal(bytes(sealed), key_id=key_in_use(), place="phone:7")


def test_an_old_key_below_a_new_one_still_opens_what_it_sealed():
    sealed, old = seal(PHONE, place="phone:7"), key_in_use()
    file = settings.CONTACT_KEY_FILE
    file.write_text("a-new-secret-of-the-installation\n" + file.read_text())

    assert key_in_use() != old
    assert unseal(sealed, key_id=old, place="phone:7") == PHONE


def test_a_lost_key_is_said():
    sealed, old = seal(PHONE, place="phone:7"), key_in_use()
    settings.CONTACT_KEY_FILE.write_text("another-secret-altogether\n")

    with pytest.raises(SealBrokenError, match="not in the key file"):
        unseal(sealed, key_id=old, place="phone:7")


def test_the_key_file_is_made_once_for_its_owner_alone():
    key_in_use()

    assert stat.S_IMODE(settings.CONTACT_KEY_FILE.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_contact_is_opened_as_it_was_given():
    details = ContactDetails(name="王某某", phone=PHONE, address="云溪区一号", preference="evening")
    contact = sealed_contact(AppealFactory(), details)

    contact.save()

    contact.refresh_from_db()
    assert open_contact(contact) == details


def test_details_do_not_show_themselves_in_a_log():
    assert PHONE not in repr(ContactDetails(phone=PHONE))
