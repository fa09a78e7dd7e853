"""civicloop api-keys, as a system administrator types it."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import ApiAction, ApiClient
from civicloop.apps.intake.queries.clients import client_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def add(capsys, *words: str) -> str:
    call_command("manage_api_keys", "add", *words)
    return capsys.readouterr().out.strip().rpartition(": ")[2]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(capsys):
    key = add(capsys, "city app", "--channel", "app")

    client = client_with(key, ApiAction.SEND)
    assert (client.name, client.channel.code, client.hourly_limit) == ("city app", "app", 1_000)
    assert len(key) == 43
    assert key.encode() not in bytes(client.key_hash)
    event = AuditEvent.objects.get(action="api_key_made")
    assert key not in str(event.details)


def test_a_key_opens_what_it_was_made_for(capsys):
    key = add(capsys, "counter", "--channel", "counter", "--may", "send", "--per-hour", "5")

    assert client_with(key, ApiAction.SEND).hourly_limit == 5
    assert client_with(key, ApiAction.FOLLOW) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(capsys):
    key = add(capsys, "city app", "--channel", "app")

    call_command("manage_api_keys", "revoke", "city app")
    call_command("manage_api_keys", "list")

    assert client_with(key, ApiAction.SEND) is None
    said = capsys.readouterr().out
    assert "city app\tapp\tfollow send\t1000 an hour\tended" in said
    assert AuditEvent.objects.filter(action="api_key_revoked").count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "x", "--channel", "smoke"], "no channel smoke. Known: hotline, web"),
        (["add", " ", "--channel", "app"], "a name of at most 60"),
        (["add", "city app", "--channel", "app"], "named city app already"),
        (["revoke", "nobody"], "No program named nobody"),
    ],
)
def test_what_cannot_be_done_is_said(words, said, capsys):
    add(capsys, "city app", "--channel", "app")

    with pytest.raises(CommandError, match=said):
        call_command("manage_api_keys", *words)
    assert ApiClient.objects.count() == 1
