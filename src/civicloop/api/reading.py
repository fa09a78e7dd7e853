"""Read what a program sends of an appeal; every part that cannot be taken is named with its reason."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from civicloop.api.problems import Fault, Problem, ProblemError
from civicloop.apps.dispatch.told import told_by_citizen
from civicloop.apps.intake.actions.registering import Told
from civicloop.apps.intake.models import Channel, Kind, Topic
from civicloop.apps.intake.phones import PhoneError, read_phone
from civicloop.apps.intake.queries.choices import topic_choices
from civicloop.apps.places.models import Area
from civicloop.apps.places.queries import area_choices
from civicloop.apps.vault.identities import ContactDetails

MOST_CHARACTERS = 4_000
LONGEST = {"area": 20, "topic": 20, "address": 500, "occurred": 200}
LONGEST_OF_CONTACT = {"name": 50, "phone": 40, "preference": 100}
UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # no text; JSON can spell it
VISIBLE_ASCII = re.compile(r"[!-~]{1,255}")
MEDIA_TYPE = "application/json"
Chosen = TypeVar("Chosen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An appeal as it was written, each part looked at."""

    text: str
    kind: Kind | None = None
    area: Area | None = None
    topic: Topic | None = None
    address: str = ""
    occurred: str = ""
    is_confidential: bool = False
    contact: ContactDetails = field(default_factory=ContactDetails)

    def told(self, channel: Channel) -> Told:
        return told_by_citizen(
            text=self.text,
            channel=channel,
            area=self.area,
            address=self.address,
            topic=self.topic,
            kind=self.kind,
            occurred_words=self.occurred,
            is_confidential=self.is_confidential,
        )


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key."""
    key = request.headers.get("Idempotency-Key", "")
    if not VISIBLE_ASCII.fullmatch(key):
        raise ProblemError(Problem.NO_KEY)
    return key


def body_of(request: HttpRequest) -> Mapping[str, object]:
    """The JSON object that was sent."""
    if request.content_type != MEDIA_TYPE:
        raise ProblemError(Problem.WRONG_MEDIA_TYPE)
    try:
        body = json.loads(request.body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ProblemError(Problem.UNREADABLE) from None
    if not isinstance(body, dict):
        raise ProblemError(Problem.UNREADABLE)
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def read_appeal(body: Mapping[str, object]) -> Written:
    """What was written.

    Raises:
        ProblemError: some of it cannot be taken.
    """
    part = Part(dict(body), "#")
    written = Written(
        text=part.text("text", MOST_CHARACTERS, if_blank=_("Please write what happened.")),
        kind=_kind(part),
        area=_chosen(part, "area", {area.code: area for area in area_choices()}),
        topic=_chosen(part, "topic", {topic.code: topic for topic in topic_choices()}),
        address=part.text("address", LONGEST["address"]).strip(),
        occurred=part.text("occurred", LONGEST["occurred"]).strip(),
        is_confidential=part.flag("is_confidential"),
        contact=_contact(part),
    )
    part.end()
    return written


class Part:
    """An object of the body; what nobody asked of it at the end should not have been sent."""

    def __init__(self, said: dict[str, object], pointer: str) -> None:
        self.said, self.pointer = said, pointer
        self.faults: list[Fault] = []

    def fault(self, name: str, words: str) -> None:
        escaped = name.replace("~", "~0").replace("/", "~1")
        self.faults.append(Fault(pointer=f"{self.pointer}/{escaped}", words=words))

    def text(self, name: str, longest: int, *, if_blank: str = "") -> str:
        """A string; one that is blank is a fault where it says which."""
        value = self.said.pop(name, "")
        if not isinstance(value, str):
            self.fault(name, _("Send a string."))
            return ""
        if len(value) > longest:
            self.fault(name, _("Send at most %(most)s characters.") % {"most": longest})
        if UNKEEPABLE.search(value):
            self.fault(name, _("Leave out control characters."))
        if if_blank and not value.strip():
            self.fault(name, if_blank)
        return value

    def flag(self, name: str) -> bool:
        value = self.said.pop(name, False)
        if not isinstance(value, bool):
            self.fault(name, _("Send true or false."))
        return value is True

    def end(self) -> None:
        for name in self.said:
            self.fault(_shown(name), _("Nothing of this name is known here."))
        if self.faults:
            raise ProblemError(Problem.INVALID, faults=self.faults)


def _shown(name: str) -> str:
    """A name that can be written into an answer."""
    return name.encode(errors="backslashreplace").decode()[:100]


def _kind(part: Part) -> Kind | None:
    return _chosen(part, "kind", {kind.value: kind for kind in Kind})


def _chosen(part: Part, name: str, choices: Mapping[str, Chosen]) -> Chosen | None:
    code = part.text(name, LONGEST.get(name, 20))
    if code and code not in choices:
        part.fault(name, _("This is none of those known here."))
    return choices.get(code)


def _contact(part: Part) -> ContactDetails:
    said = part.said.pop("contact", {})
    if not isinstance(said, dict):
        part.fault("contact", _("Send an object."))
        return ContactDetails()
    inner = Part(dict(said), f"{part.pointer}/contact")
    details = {
        name: inner.text(name, longest).strip() for name, longest in LONGEST_OF_CONTACT.items()
    }
    try:
        details["phone"] = read_phone(details["phone"])
    except PhoneError as error:
        inner.fault("phone", str(error))
    for name in inner.said:
        inner.fault(_shown(name), _("Nothing of this name is known here."))
    part.faults += inner.faults
    return ContactDetails(**details)
