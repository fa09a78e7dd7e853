"""Contacts that the first version sealed move into the vault."""

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.factories import AppealFactory

from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Contact
from civicloop.apps.vault.ciphers import PROFILES
from civicloop.apps.vault.identities import ContactDetails, refs_of

BEFORE, AFTER = ("intake", "0008_masked_words"), ("intake", "0011_contacts_are_in_the_vault")
SECRET = b"the-secret-of-an-old-installation"
pytestmark = pytest.mark.django_db(transaction=True)


def migrate_to(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.fixture
def apps_before():
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate_to(BEFORE)
    MigrationExecutor(connection).migrate(leaves)


@pytest.mark.one_database
def test_an_old_contact_opens_out_of_the_vault(apps_before):
    settings.CONTACT_KEY_FILE.write_bytes(SECRET)
    aes = PROFILES["aes"]
    key = aes.derive(SECRET, "civicloop contact key")
    appeals = [AppealFactory(), AppealFactory()]
    key_ids = [aes.derive(SECRET, "civicloop contact key id", 8).hex(), "a key lost"]
    for appeal, key_id in zip(appeals, key_ids, strict=True):
        apps_before.get_model("intake", "Contact").objects.create(
            appeal_id=appeal.pk,
            key_id=key_id,
            phone=aes.seal(key, b"13800138000", f"intake_contact.phone:{appeal.pk}".encode()),
        )

    migrate_to(AFTER)

    contact, lost = Contact.objects.order_by("appeal_id")
    assert open_contact(contact) == ContactDetails(phone="13800138000")
    assert refs_of(phone="13800138000") == [contact.ref]
    assert lost.ref != contact.ref  # its bytes are kept for the day when the key is found
