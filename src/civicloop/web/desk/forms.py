"""The form of a call; areas, topics and units are written, with the city's lists to choose from."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.dispatch.actions.desk import Call
from civicloop.apps.dispatch.at_hand import AtHand
from civicloop.apps.dispatch.queries.desk import Heard
from civicloop.apps.intake.actions.nuisance import (
    LONGEST_DAYS,
    LONGEST_STATEMENT,
    USUAL_DAYS,
)
from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.id_numbers import IdNumberError, read_id_number
from civicloop.apps.intake.models import Appeal, Channel, Kind, NuisanceReason, Urgency
from civicloop.apps.intake.phones import PhoneError, read_phone
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.places.models import Unit
from civicloop.apps.places.queries import unit_named
from civicloop.apps.vault.identities import ContactDetails
from civicloop.web.requests import is_number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_CHARACTERS = 10_000
ASKED_FOR = "诉求："  # opens what is asked for, as hotlines write it
OWN_SOURCE = "civicloop"
USUAL_CHANNEL = "hotline"


class ListedField(forms.CharField):
    """Something of a list, written as the list names it."""

    def __init__(self, label: "_StrPromise", *, list_name: str) -> None:
        attributes = {"list": list_name, "autocomplete": "off"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(label=label, required=False, max_length=300, widget=widget)
        self.known: Mapping[str, object] = {}

    def clean(self, value: str | None) -> object:
        """What the list has by this name; nothing for nothing."""
        written = " ".join(super().clean(value).split())
        if written and written not in self.known:
            raise forms.ValidationError(_("Please choose one of the list."))
        return self.known.get(written)


class PhoneField(forms.CharField):
    def clean(self, value: str | None) -> str:
        try:
            return read_phone(super().clean(value))
        except PhoneError as error:
            raise forms.ValidationError(str(error)) from error


class IdNumberField(forms.CharField):
    def clean(self, value: str | None) -> str:
        try:
            return read_id_number(super().clean(value))
        except IdNumberError as error:
            raise forms.ValidationError(str(error)) from error


def _words(label: "_StrPromise", most: int, *, rows: int = 0) -> forms.CharField:
    attributes = {"autocomplete": "off"}
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput(attributes)
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


class CallForm(forms.Form):
    """A call; only the text must be there, everything else may be unknown."""

    name = _words(gettext_lazy("Citizen's name"), 50)
    phone = PhoneField(
        label=gettext_lazy("Telephone"),
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    id_number = IdNumberField(
        label=gettext_lazy("Identity number, where the matter needs it"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    is_anonymous = forms.BooleanField(label=gettext_lazy("Stays anonymous"), required=False)
    is_confidential = forms.BooleanField(
        label=gettext_lazy("Keep confidential who it is"), required=False
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"))
    text = _words(gettext_lazy("What happened"), MOST_CHARACTERS, rows=9)
    asked = _words(gettext_lazy("What is asked for"), 1_000, rows=2)
    occurred_words = _words(gettext_lazy("When"), 200)
    area = ListedField(gettext_lazy("Area"), list_name="areas")
    address = _words(gettext_lazy("Address"), 500)
    respondent = forms.CharField(
        label=gettext_lazy("Whom it is about"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"list": "units", "autocomplete": "off"}),
    )
    topic = ListedField(gettext_lazy("Topic"), list_name="topics")
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("as it reads")), *Kind.choices],
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        required=False,
        choices=[("", gettext_lazy("as it reads")), *Urgency.choices],
    )
    repeats = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    is_complete = forms.BooleanField(label=gettext_lazy("No more can be learned"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        lists: AtHand,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.lists = lists
        self.fields["area"].known = lists.areas  # type: ignore[attr-defined]
        self.fields["topic"].known = lists.topics  # type: ignore[attr-defined]
        channels = [(one.code, one.shown_name) for one in lists.channels]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        self.initial.setdefault("channel", USUAL_CHANNEL)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\0", "").strip()
        if not text:
            raise forms.ValidationError(_("Write what happened."))
        return text

    def clean_repeats(self) -> Appeal | None:
        """The appeal that this is the matter of, if it is still there."""
        written = self.cleaned_data["repeats"]
        if not is_number(written):
            return None
        shown = without_hidden(Appeal.objects.select_related("area"))
        return shown.filter(pk=written).first()

    def heard(self) -> Heard:
        """What is known so far, also where the form is not whole."""
        said = self.cleaned_data
        text, asked = said.get("text", ""), said.get("asked", "")
        contact = self.contact()
        return Heard(
            text=f"{text}\n{ASKED_FOR}{asked}" if asked else text,
            address=said.get("address", ""),
            occurred_words=said.get("occurred_words", ""),
            caller_key=CallerKeys(OWN_SOURCE).key_of_phone(contact.phone),
            is_who_known=bool(contact) or bool(said.get("is_anonymous")),
            area=said.get("area"),
            topic=said.get("topic"),
            kind=Kind(said["kind"]) if said.get("kind") else None,
            urgency=Urgency(said["urgency"]) if said.get("urgency") else None,
            respondent_unit=self._respondent(),
        )

    def call(self, *, token: str, body_hash: str, is_passed_on: bool) -> Call:
        """The whole call; the form must be valid."""
        said, unit = self.cleaned_data, self._respondent()
        respondent = " ".join(said["respondent"].split())
        return Call(
            heard=self.heard(),
            contact=self.contact(),
            channel=self._channel(said["channel"]),
            token=token,
            body_hash=body_hash,
            respondent_name="" if unit and unit.name.endswith(respondent) else respondent,
            is_confidential=said["is_confidential"],
            is_complete=said["is_complete"],
            repeats=said["repeats"],
            is_passed_on=is_passed_on,
        )

    def contact(self) -> ContactDetails:
        """Who is calling; nothing of whoever stays anonymous."""
        said = self.cleaned_data
        if said.get("is_anonymous"):
            return ContactDetails()
        return ContactDetails(
            name=said.get("name", ""),
            phone=said.get("phone", ""),
            id_number=said.get("id_number", ""),
        )

    def _respondent(self) -> Unit | None:
        written = " ".join(self.cleaned_data.get("respondent", "").split())
        return self.lists.units.get(written) or unit_named(written, self.cleaned_data.get("area"))

    def _channel(self, code: str) -> Channel:
        return next(one for one in self.lists.channels if one.code == code)


@lru_cache(maxsize=2)
def empty_fields(lists: AtHand, _language: str) -> SafeString:
    """The fields of an empty form, made once for each reading of the lists and each language."""
    return render_to_string("desk/_form.html", {"form": CallForm(lists=lists)})


@lru_cache(maxsize=1)
def options_of(lists: AtHand) -> dict[str, SafeString]:
    """The insides of the lists to choose from, made once for each reading of the lists."""
    named = {"areas": lists.areas, "topics": lists.topics, "units": lists.units}
    return {
        name: format_html_join("", '<option value="{}">', ((each,) for each in values))
        for name, values in named.items()
    }


class MarkForm(forms.Form):
    """What a caller did."""

    reason = forms.TypedChoiceField(
        label=gettext_lazy("Reason"), choices=NuisanceReason.choices, coerce=NuisanceReason
    )
    statement = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "In words that the caller could read, too; without name and number."
        ),
    )


class MarkDecisionForm(forms.Form):
    """Whether a mark holds, and for how long."""

    note = forms.CharField(label=gettext_lazy("Why you decide so"), max_length=200)
    days = forms.IntegerField(
        label=gettext_lazy("Days it holds"), min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS
    )
