from datetime import timedelta

import pytest
from tests.factories import AppealFactory

from civicloop.apps.intake.contacts import keep_contact, open_contact, others_of, remove_orphans
from civicloop.apps.intake.models import Contact
from civicloop.apps.vault.identities import ContactDetails, keep_identity
from civicloop.apps.vault.models import Identity

pytestmark = pytest.mark.django_db

DETAILS = ContactDetails(name="王某某", phone="13800138000")


def test_a_contact_leads_to_what_the_citizen_gave(now):
    contact = keep_contact(appeal=AppealFactory(), details=DETAILS, now=now)

    assert open_contact(contact) == DETAILS


def test_the_identity_does_not_say_whose_appeal_it_is(now):
    appeal = AppealFactory(id=987654)
    keep_contact(appeal=appeal, details=DETAILS, now=now)

    assert "987654" not in str(Identity.objects.values().get())


def test_other_appeals_of_the_same_caller_are_found(now):
    contact = keep_contact(appeal=AppealFactory(), details=DETAILS, now=now)
    again = keep_contact(appeal=AppealFactory(), details=DETAILS, now=now)
    keep_contact(appeal=AppealFactory(), details=ContactDetails(phone="13800138001"), now=now)

    assert others_of(contact, DETAILS) == [again.appeal]
    assert others_of(contact, ContactDetails(name="王某某")) == []


def test_an_identity_whose_appeal_was_never_kept_is_removed_after_a_day(now):
    contact = keep_contact(appeal=AppealFactory(), details=DETAILS, now=now)
    keep_identity(DETAILS, now=now)

    assert remove_orphans(now=now + timedelta(hours=23)) == 0
    assert remove_orphans(now=now + timedelta(hours=25)) == 1
    assert open_contact(Contact.objects.get(pk=contact.pk)) == DETAILS
