"""An SMS gateway that takes a form by HTTP; which fields it wants is the operator's to say."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from civicloop.connectors.notify.post_once import post
from civicloop.connectors.notify.protocol import Message

PLACES = ("{to}", "{text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGateway:
    """A gateway; `fields` are its form's names and values, in which {to}, {text}, {id} are filled."""

    address: SplitResult
    fields: tuple[tuple[str, str], ...]

    def send(self, message: Message, *, to: str) -> None:
        """Send one text message to a number."""
        told = {"{to}": to, "{text}": message.text, "{id}": message.message_id}
        form = [(name, told.get(value, value)) for name, value in self.fields]
        post(
            self.address,
            urlencode(form).encode(),
            content_type="application/x-www-form-urlencoded; charset=utf-8",
            query="",
        )


def sms_gateway_of(url: str) -> SmsGateway:
    """A gateway from its address: https://HOST/PATH?account=…&mobile={to}&content={text}.

    What stands behind the question mark is posted as a form, so that no log on the way holds it.

    Raises:
        ValueError: the address is none, or lacks {to} or {text}.
    """
    parts = urlsplit(url)
    fields = tuple(parse_qsl(parts.query))
    values = {value for _, value in fields}
    if parts.scheme not in {"http", "https"} or not parts.hostname or not values.issuperset(PLACES):
        raise ValueError("an http(s) address with fields for {to} and {text} is needed")
    return SmsGateway(address=parts._replace(query="", fragment=""), fields=fields)
