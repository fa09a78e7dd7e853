import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from tests.factories import UserFactory

from civicloop.apps.dispatch.actions.desk import open_desk_draft, save_desk_draft
from civicloop.apps.vault import rotating
from civicloop.apps.vault.identities import ContactDetails, keep_identity, open_identity, refs_of
from civicloop.apps.vault.keys import add_key, key_in_use
from civicloop.apps.vault.models import Identity
from civicloop.apps.vault.rotating import count_old, rotate

pytestmark = pytest.mark.django_db

PHONE = "13800138000"
COUNT = 7


@pytest.fixture
def refs(now, monkeypatch):
    monkeypatch.setattr(rotating, "BATCH", 2)
    return [
        keep_identity(ContactDetails(name=f"王{n}", phone=PHONE), now=now) for n in range(COUNT)
    ]


def test_everything_is_sealed_with_the_new_key(refs):
    old, new = key_in_use(), add_key()

    done = rotate()

    assert (done.sealed_count, done.broken, count_old()) == (COUNT, [], 0)
    assert set(Identity.objects.values_list("key_id", flat=True)) == {new} != {old}
    assert [open_identity(ref).name for ref in refs] == [f"王{n}" for n in range(COUNT)]


def test_what_is_sealed_with_the_key_in_use_is_left_alone(refs):
    assert rotate().sealed_count == 0


def test_a_rotation_that_was_ended_goes_on_where_it_stopped(refs):
    add_key()

    def stop(count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(progress=stop)

    assert count_old() == COUNT - rotating.BATCH
    assert len(refs_of(phone=PHONE)) == COUNT  # found all the while
    assert rotate().sealed_count == COUNT - rotating.BATCH
    assert len(refs_of(phone=PHONE)) == COUNT


def test_the_other_profile_is_reached_by_a_rotation(refs, monkeypatch):
    monkeypatch.setattr(settings, "VAULT_CIPHERS", "sm")

    assert rotate().sealed_count == COUNT
    assert open_identity(refs[0]).phone == PHONE
    assert len(refs_of(phone=PHONE)) == COUNT


def test_a_record_that_does_not_open_is_named_and_holds_nothing_up(refs):
    Identity.objects.filter(pk=refs[0]).update(phone=b"x" * 40)
    add_key()

    done = rotate()

    assert done.sealed_count == COUNT - 1
    assert [refs[0] in words for words in done.broken] == [True]


def test_the_drafts_of_the_desk_are_renewed_too(now):
    actor = UserFactory()
    save_desk_draft(answers={"text": "路灯不亮"}, actor=actor, now=now)
    add_key()

    assert rotate().sealed_count == 1
    assert open_desk_draft(actor) == {"text": "路灯不亮"}


def test_the_command_renews_the_key_and_forgets_the_old_one(refs, capsys):
    call_command("vault", "rotate", "--new-key")
    call_command("vault", "status")
    call_command("vault", "drop-keys")

    said = capsys.readouterr().out
    assert f"{COUNT} records sealed anew." in said or f"{COUNT}" in said
    assert key_in_use() in said
    assert len(settings.CONTACT_KEY_FILE.read_text().split()) == 1
    assert open_identity(refs[0]).phone == PHONE


def test_a_key_that_is_needed_is_not_forgotten(refs):
    add_key()

    with pytest.raises(CommandError):
        call_command("vault", "drop-keys")
    assert open_identity(refs[0]).phone == PHONE


def test_the_command_says_what_does_not_open(refs):
    Identity.objects.filter(pk=refs[0]).update(phone=b"x" * 40)

    with pytest.raises(CommandError, match=refs[0]):
        call_command("vault", "rotate", "--new-key")
