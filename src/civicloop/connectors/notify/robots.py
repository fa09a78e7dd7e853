"""Group robots of enterprise WeChat, DingTalk and Feishu: a post to a web-hook.

Sources: the makers' documents on group robots (企业微信 群机器人, 钉钉 自定义机器人, 飞书 自定义机器人).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlencode, urlsplit

from civicloop.connectors.notify.post_once import UnclearAnswerError, post
from civicloop.connectors.notify.protocol import Message, NotDeliveredError

Maker = Literal["wecom", "dingtalk", "feishu"]
MAKERS: tuple[Maker, ...] = ("wecom", "dingtalk", "feishu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """A robot that speaks to a group of staff."""

    maker: Maker
    address: SplitResult  # without the secret
    secret: str  # DingTalk and Feishu can ask for signed posts; empty: not signed
    clock: Callable[[], float]  # seconds since 1970, part of the signature

    def send(self, message: Message, *, to: str = "") -> None:  # noqa: ARG002 -- the robot knows its group
        """Say the message to the robot's group."""
        query, signature = self._signed()
        body = self._body(message.text) | signature
        answer = post(
            self.address,
            json.dumps(body, ensure_ascii=False).encode(),
            content_type="application/json; charset=utf-8",
            query=query,
        )
        _check(answer, self.address.hostname or "")

    def _body(self, text: str) -> dict[str, object]:
        if self.maker == "feishu":
            return {"msg_type": "text", "content": {"text": text}}
        return {"msgtype": "text", "text": {"content": text}}

    def _signed(self) -> tuple[str, dict[str, object]]:
        """The address's query, and what is added to the body."""
        query = self.address.query
        if not self.secret or self.maker == "wecom":
            return query, {}
        if self.maker == "feishu":
            moment = str(int(self.clock()))
            sign = _hmac(f"{moment}\n{self.secret}", "")
            return query, {"timestamp": moment, "sign": sign}
        moment = str(int(self.clock() * 1000))
        sign = _hmac(self.secret, f"{moment}\n{self.secret}")
        return f"{query}&{urlencode({'timestamp': moment, 'sign': sign})}", {}


def robot_of(url: str, *, clock: Callable[[], float]) -> Robot:
    """A robot from its address: MAKER+https://HOST/PATH?key=…#SECRET.

    Raises:
        ValueError: the maker is unknown, or the address is none.
    """
    maker, _, rest = url.partition("+")
    for known in MAKERS:
        parts = urlsplit(rest)
        if maker == known and parts.scheme in {"http", "https"} and parts.hostname:
            address = parts._replace(fragment="")
            return Robot(maker=known, address=address, secret=parts.fragment, clock=clock)
    raise ValueError(f"{maker}+…: one of {', '.join(MAKERS)} and an http(s) address are needed")


def _hmac(key: str, text: str) -> str:
    digest = hmac.digest(key.encode(), text.encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


def _check(answer: bytes, host: str) -> None:
    """All three say 200 to what they refuse, and tell in the body."""
    try:
        told = dict(json.loads(answer))
    except (TypeError, ValueError):
        raise UnclearAnswerError(f"{host}: the answer is no JSON object") from None
    code = told.get("errcode", told.get("code", told.get("StatusCode")))
    if code != 0:
        raise NotDeliveredError(f"{host}: code {code}")
