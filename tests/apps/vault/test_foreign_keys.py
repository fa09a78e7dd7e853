"""With the key file of another installation, or none, nothing is sealed that would be lost when the right one is back."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from civicloop.apps.vault.foreign_keys import is_anything_sealed
from civicloop.apps.vault.identities import ContactDetails, keep_identity, open_identity
from civicloop.apps.vault.keys import KeysMissingError, add_key, key_in_use
from civicloop.apps.vault.rotating import count_without_key
from civicloop.apps.vault.sealing import SealBrokenError
from civicloop.config.management.commands import serve, work

pytestmark = pytest.mark.django_db
SEALING = (
    ["serve", "--no-worker"],
    ["work", "--until-empty"],
    ["mask_appeals"],
    ["import_appeals", __file__],
    ["vault", "rotate", "--new-key"],
    ["vault", "status"],
)


@pytest.fixture(autouse=True)
def begun(monkeypatch) -> list[str]:
    """What was begun, instead of beginning it."""
    begun: list[str] = []
    monkeypatch.setattr(work.Worker, "run", lambda *_args, **_kwargs: begun.append("work"))
    monkeypatch.setattr(serve, "serve", lambda **_kwargs: begun.append("serve"))
    monkeypatch.setattr(serve, "check_installation", lambda: ())
    return begun


@pytest.fixture
def sealed(now) -> str:
    return keep_identity(ContactDetails(name="欧阳焱焱"), now=now)


@pytest.mark.parametrize("command", SEALING, ids=lambda command: command[0])
@pytest.mark.parametrize("left", ["", "a-secret-of-another-installation"])
def test_a_file_that_opens_nothing_is_refused_in_words(sealed, command, left, begun):
    settings.CONTACT_KEY_FILE.unlink()
    if left:
        settings.CONTACT_KEY_FILE.write_text(left)

    with override("en"), pytest.raises(CommandError, match="1 records are sealed with a key that"):
        call_command(*command)

    assert settings.CONTACT_KEY_FILE.exists() == bool(left)  # none was made instead
    assert not begun


def test_a_file_that_goes_away_meanwhile_is_not_made_anew(sealed, now):
    settings.CONTACT_KEY_FILE.unlink()

    with pytest.raises(KeysMissingError, match=r"contact_key is missing"):
        keep_identity(ContactDetails(name="上官云"), now=now)
    with pytest.raises(KeysMissingError):
        add_key()
    with pytest.raises(SealBrokenError):  # as with every seal whose key is not at hand
        open_identity(sealed)

    assert count_without_key() == 1
    assert not settings.CONTACT_KEY_FILE.exists()


def test_what_was_sealed_opens_when_the_file_is_back(sealed, begun):
    right = settings.CONTACT_KEY_FILE.read_bytes()
    settings.CONTACT_KEY_FILE.unlink()
    with pytest.raises(CommandError):
        call_command("work", "--until-empty")

    settings.CONTACT_KEY_FILE.write_bytes(right)
    call_command("work", "--until-empty")

    assert begun == ["work"]
    assert open_identity(sealed).name == "欧阳焱焱"


@pytest.mark.parametrize("left", ["", "a-secret-of-another-installation"])
def test_whose_keys_are_lost_for_good_goes_on_with_a_new_one(sealed, left, now, begun):
    settings.CONTACT_KEY_FILE.unlink()
    if left:
        settings.CONTACT_KEY_FILE.write_text(left)

    call_command("serve", "--no-worker", "--keys-are-lost")
    newer = keep_identity(ContactDetails(name="上官云"), now=now)
    call_command("work", "--until-empty")  # from now on the file opens something

    assert begun == ["serve", "work"]
    assert open_identity(newer).name == "上官云"


def test_with_nothing_sealed_a_first_key_is_made():
    assert not is_anything_sealed()

    call_command("mask_appeals")

    assert settings.CONTACT_KEY_FILE.exists()
    assert key_in_use()
