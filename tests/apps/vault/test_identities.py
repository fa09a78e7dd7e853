import pytest
from django.conf import settings

from civicloop.apps.vault.identities import (
    ContactDetails,
    keep_identity,
    open_identity,
    refs_of,
    remove_identities,
)
from civicloop.apps.vault.keys import add_key
from civicloop.apps.vault.models import Identity
from civicloop.apps.vault.sealing import SealBrokenError

pytestmark = pytest.mark.django_db

PHONE, ID_NUMBER = "13800138000", "11010519491231002X"
DETAILS = ContactDetails(
    name="王某某", phone=PHONE, id_number=ID_NUMBER, address="云溪区一号", preference="晚上"
)


def test_an_identity_is_opened_as_it_was_given(now):
    assert open_identity(keep_identity(DETAILS, now=now)) == DETAILS


def test_details_do_not_show_themselves_in_a_log():
    assert PHONE not in repr(DETAILS)


def test_two_identities_cannot_be_exchanged(now):
    one, other = (Identity.objects.get(pk=keep_identity(DETAILS, now=now)) for _ in range(2))
    one.phone, one.name = other.phone, other.name
    one.save()

    with pytest.raises(SealBrokenError):
        open_identity(one.ref)


def test_a_repeated_caller_is_found_without_opening_anything(now):
    refs = [keep_identity(DETAILS, now=now) for _ in range(2)]
    keep_identity(ContactDetails(phone="13800138001"), now=now)

    assert sorted(refs_of(phone=PHONE)) == sorted(refs)
    assert sorted(refs_of(id_number=ID_NUMBER)) == sorted(refs)
    assert refs_of() == []


def test_a_repeated_caller_is_found_across_a_new_key(now):
    ref = keep_identity(DETAILS, now=now)
    add_key()

    assert refs_of(phone=PHONE) == [ref]


def test_who_gave_no_number_is_not_the_same_as_others(now):
    keep_identity(ContactDetails(name="王某某"), now=now)
    keep_identity(ContactDetails(name="王某某"), now=now)

    assert refs_of(phone="", id_number="") == []


def test_nothing_is_left_of_a_removed_identity(now):
    ref = keep_identity(DETAILS, now=now)

    assert remove_identities([ref]) == 1
    with pytest.raises(Identity.DoesNotExist):
        open_identity(ref)


def test_the_table_holds_no_detail(now):
    identity = Identity.objects.get(pk=keep_identity(DETAILS, now=now))
    stored = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for name, value in vars(identity).items()
        if name != "_state"
    )

    for detail in (DETAILS.name, PHONE, ID_NUMBER, DETAILS.address, DETAILS.preference):
        assert detail.encode() not in stored
    assert settings.CONTACT_KEY_FILE.read_bytes().strip() not in stored
