"""Read a report as Open311 sends it: the fields of a form."""

from collections.abc import Mapping
from math import isfinite

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from civicloop.api.open311.services import CONFIDENTIAL, OCCURRED, topic_of
from civicloop.api.problems import Fault, Problem, ProblemError
from civicloop.api.reading import (
    LONGEST,
    LONGEST_OF_CONTACT,
    MOST_CHARACTERS,
    UNKEEPABLE,
    Written,
)
from civicloop.apps.intake.models import Topic
from civicloop.apps.intake.phones import PhoneError, read_phone
from civicloop.apps.vault.identities import ContactDetails

FORM = "application/x-www-form-urlencoded"
NOT_SAID = {"api_key"}  # who sends is no part of what is sent


def form_of(request: HttpRequest) -> QueryDict:
    if request.content_type != FORM:
        raise ProblemError(Problem.WRONG_FORM)
    return request.POST


def body_of(form: QueryDict) -> Mapping[str, object]:
    """What was sent, whatever the order of its fields."""
    return {name: values for name, values in form.lists() if name not in NOT_SAID}


def read_report(form: QueryDict) -> Written:
    """What was reported; an empty field is one that was not sent.

    Raises:
        ProblemError: some of it cannot be taken.
    """
    fields = _Fields(form)
    code = fields.text("service_code", LONGEST["topic"], if_blank=_("Choose a service."))
    written = Written(
        text=fields.text("description", MOST_CHARACTERS, if_blank=_("Please write what happened.")),
        topic=_topic(code) if code else None,
        address=_place(fields),
        occurred=fields.text(f"attribute[{OCCURRED}]", LONGEST["occurred"]),
        is_confidential=fields.text(f"attribute[{CONFIDENTIAL}]", 3) == "yes",
        contact=_contact(fields),
    )
    if fields.faults:
        raise ProblemError(Problem.INVALID, faults=fields.faults)
    return written


def _topic(code: str) -> Topic | None:
    try:
        return topic_of(code)
    except LookupError:
        unknown = Fault(pointer="service_code", words=_("There is no such service."))
        raise ProblemError(Problem.MISSING, faults=[unknown]) from None


class _Fields:
    def __init__(self, form: QueryDict) -> None:
        self.form = form
        self.faults: list[Fault] = []

    def fault(self, name: str, words: str) -> None:
        self.faults.append(Fault(pointer=name, words=words))

    def text(self, name: str, longest: int, *, if_blank: str = "") -> str:
        value = self.form.get(name, "").strip()
        if len(value) > longest:
            self.fault(name, _("Send at most %(most)s characters.") % {"most": longest})
        if UNKEEPABLE.search(value):
            self.fault(name, _("Leave out control characters."))
        if if_blank and not value:
            self.fault(name, if_blank)
        return value


def _place(fields: _Fields) -> str:
    """The address, with the point where it was marked on a map."""
    said = fields.text("address_string", LONGEST["address"] - 60)
    said = said or fields.text("address_id", LONGEST["address"] - 60)
    lat, long = _degrees(fields, "lat", 90), _degrees(fields, "long", 180)
    if (lat is None) != (long is None):
        fields.fault("lat", _("Send lat and long together."))
    point = f"{lat:.6f}, {long:.6f} (WGS 84)" if lat is not None and long is not None else ""
    if not (said or point):
        fields.fault("address_string", _("Say where: address_string, or lat and long."))
    return " ".join(filter(None, (said, point)))


def _degrees(fields: _Fields, name: str, most: int) -> float | None:
    written = fields.text(name, 30)
    if not written:
        return None
    try:
        found = float(written)
    except ValueError:
        found = float("nan")
    if not (isfinite(found) and abs(found) <= most):
        fields.fault(name, _("Send degrees of WGS 84."))
        return None
    return found


def _contact(fields: _Fields) -> ContactDetails:
    names = [fields.text(name, LONGEST_OF_CONTACT["name"]) for name in ("last_name", "first_name")]
    phone = ""
    try:
        phone = read_phone(fields.text("phone", LONGEST_OF_CONTACT["phone"]))
    except PhoneError as error:
        fields.fault("phone", str(error))
    return ContactDetails(
        name=_joined(names),
        phone=phone,
        preference=fields.text("email", LONGEST_OF_CONTACT["preference"]),
    )


def _joined(names: list[str]) -> str:
    """A Chinese name in one word, family name first; another with its space, given name first."""
    last, first = names
    is_chinese = not (last + first).isascii()
    return last + first if is_chinese else " ".join(filter(None, (first, last)))
