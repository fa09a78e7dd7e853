from django.db.models import QuerySet

from civicloop.apps.intake.actions.clients import key_hash_of
from civicloop.apps.intake.channel_preset import preset_channels
from civicloop.apps.intake.models import ApiAction, ApiClient, Channel, SentAppeal
from civicloop.apps.intake.models.clients import is_open_id


def client_with(key: str, action: ApiAction) -> ApiClient | None:
    """The program that has this key and may do this; none for a key of nobody, one that was revoked
    or one that may do other things: they are not told apart."""
    known = ApiClient.objects.filter(key_hash=key_hash_of(key), revoked_at=None)
    client = known.select_related("channel").first()
    return client if client and action in client.actions else None


def clients() -> QuerySet[ApiClient]:
    return ApiClient.objects.select_related("channel", "made_by").order_by("name")


def channels_to_choose() -> list[Channel]:
    """The city's channels, or those that it will have once one is used."""
    known = list(Channel.objects.all())
    return known or [
        Channel(code=one.code, name=one.name, name_en=one.name_en) for one in preset_channels()
    ]


def all_sent_by(client: ApiClient) -> QuerySet[SentAppeal]:
    """What one program sent, the newest first."""
    sent = SentAppeal.objects.filter(client=client).select_related("appeal__receipt")
    return sent.order_by("-pk")


def sent_by(client: ApiClient, open_id: str) -> SentAppeal | None:
    """What one program sent under this id; what another sent is not there."""
    if not is_open_id(open_id):
        return None
    sent = SentAppeal.objects.filter(client=client, open_id=open_id)
    return sent.select_related("appeal__receipt", "appeal__topic").first()
