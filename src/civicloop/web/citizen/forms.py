"""The citizen's forms; every refusal says in one sentence what to do."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.dispatch.models import Resolved
from civicloop.apps.intake.actions.photos import MOST_PHOTOS
from civicloop.apps.intake.phones import PhoneError, read_phone
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.apps.places.queries import area_choices

MOST_CHARACTERS = 4_000
OTHER_CITY = re.compile(r"(?:[\u4e00-\u9fff]{2,8}(?:省|自治区))?([\u4e00-\u9fff]{2,4}?)市")
NO_CITY = re.compile(r"(?:超|菜|门|夜|早|集|股|花鸟|批发|农贸|建材|家具|本|全|我)\Z")
SCALE = [(5, gettext_lazy("very good")), (4, gettext_lazy("good")), (3, gettext_lazy("fair")),
         (2, gettext_lazy("poor")), (1, gettext_lazy("very poor"))]  # fmt: skip


class WhatForm(forms.Form):
    """Page 1."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": gettext_lazy("Please write what happened.")},
    )
    knows_emergency = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\0", "")
        if len(text) > MOST_CHARACTERS:
            raise forms.ValidationError(
                _("Please write at most %(most)s characters. Now there are %(count)s.")
                % {"most": f"{MOST_CHARACTERS:,}", "count": f"{len(text):,}"}
            )
        return text


class WhereForm(forms.Form):
    """Page 2; everything may be left out, where somebody says that they cannot say."""

    area = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Please choose an area of the list.")},
    )
    address = forms.CharField(
        required=False, help_text=gettext_lazy("Any part of the address helps.")
    )
    is_place_unknown = forms.BooleanField(required=False)
    is_here = forms.BooleanField(required=False)

    def __init__(
        self, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.areas = {area.code: area for area in area_choices()}
        self.fields["area"].choices = [("", _("not chosen"))] + [  # type: ignore[attr-defined]
            (area.code, ("　" if area.level == AreaLevel.TOWNSHIP else "") + area.name)
            for area in self.areas.values()
        ]

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].replace("\0", "").strip()
        if len(address) > 500:
            raise forms.ValidationError(_("Please write a shorter address."))
        return address

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "address" not in said:
            return said
        address = said["address"]
        if not (self.data.get("area") or address or said["is_place_unknown"]):
            self.add_error("address", _("Please say where, or tick that you cannot say."))
        city = other_city(address)
        if city and not said["is_here"]:
            self.add_error(
                "address",
                _("This is not in our city. Please call the 12345 of %(city)s.") % {"city": city},
            )
        return said

    @property
    def needs_here(self) -> bool:
        """Whether to offer the tick that overrules the check of the city."""
        return bool(self.is_bound and other_city(self.data.get("address", "")))

    def area_chosen(self) -> Area | None:
        return self.areas.get(self.cleaned_data["area"])


def other_city(address: str) -> str:
    """The city that an address begins with, if it is another one than ours."""
    found = OTHER_CITY.match(address.strip())
    if found is None or NO_CITY.search(found[1]):
        return ""
    ours = set(Area.objects.filter(level=AreaLevel.CITY).values_list("name", flat=True))
    name = f"{found[1]}市"
    if not ours or name in ours or Area.objects.filter(name=name).exists():
        return ""
    return name


class PhoneField(forms.CharField):
    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        super().__init__(required=False, widget=widget)

    def clean(self, value: str | None) -> str:
        try:
            return read_phone(super().clean(value))
        except PhoneError as error:
            raise forms.ValidationError(str(error)) from error


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to three photographs; what is in them is looked at when the report is sent."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            widget=PhotosInput({"accept": "image/jpeg,image/png,image/webp"}),
            help_text=gettext_lazy("You can leave this empty. At most three, each at most 10 MB."),
        )

    def clean(self, value: object, initial: object = None) -> list[Any]:  # noqa: ARG002  Django's
        files = [one for one in value if one] if isinstance(value, list) else []
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(_("Please choose at most three photographs."))
        return files


class CheckForm(forms.Form):
    """Page 3."""

    topic = forms.CharField(required=False)
    photos = PhotosField()
    name = forms.CharField(
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": gettext_lazy("Please write a shorter name.")},
    )
    respondent = forms.CharField(
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "An office, a firm, a person. Leave it empty if you complain of nobody. Whom you name will not handle it."
        ),
        error_messages={"max_length": gettext_lazy("Please write this shorter.")},
    )
    phone = PhoneField()
    preference = forms.CharField(
        required=False,
        max_length=100,
        error_messages={"max_length": gettext_lazy("Please write this shorter.")},
    )
    is_confidential = forms.BooleanField(required=False)
    website = forms.CharField(required=False)  # nobody sees it; machines fill it in

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave the last box empty."))
        return ""


class FollowForm(forms.Form):
    phone = PhoneField()
    email = forms.EmailField(
        required=False,
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("Please write an e-mail address, such as li@example.org.")
        },
    )


class TrackForm(forms.Form):
    number = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please give the number of your receipt.")},
    )
    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=gettext_lazy(
            "Thirteen letters and digits; older receipts have eight. Small letters will do."
        ),
        error_messages={"required": gettext_lazy("Please give the code of your receipt.")},
    )


class WordsForm(forms.Form):
    """Some words of the citizen; the view says which of the three boxes it was."""

    words = forms.CharField(
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("Please write something in this box."),
            "max_length": gettext_lazy("Please write at most 4,000 characters."),
        },
    )


class WithdrawForm(forms.Form):
    is_sure = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if you are sure.")}
    )


class RateForm(forms.Form):
    part = forms.IntegerField(  # of an appeal that was divided; none: what there is to rate
        required=False, min_value=1, widget=forms.HiddenInput
    )
    resolved = forms.ChoiceField(
        choices=Resolved.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say whether it is solved.")},
    )
    satisfaction = forms.TypedChoiceField(
        coerce=int,
        choices=SCALE,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please rate the result.")},
    )
    attitude = forms.TypedChoiceField(
        coerce=int,
        choices=SCALE,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please rate how you were treated.")},
    )
    note = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
