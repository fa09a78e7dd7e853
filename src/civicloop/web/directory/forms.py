"""What a page asks for to write, filter and compare the directory."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from civicloop.apps.dispatch.concerned_words import concerned_choices
from civicloop.apps.dispatch.directory_facts import read_units
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryState, DirectoryVersion

DAY = {"attrs": {"type": "date"}, "format": "%Y-%m-%d"}


class UploadForm(forms.Form):
    """A table that becomes the draft of a new version."""

    file = forms.FileField(
        label=_("File"),
        max_length=200,
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty: it holds 0 bytes."),
        },
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(**DAY))  # type: ignore[arg-type]


class CopyForm(forms.Form):
    """From which day a new version shall hold."""

    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(**DAY))  # type: ignore[arg-type]


class RuleForm(forms.ModelForm[DirectoryRule]):
    """One rule of a draft; what it names may be wrong, the conflict report tells."""

    lead = forms.ChoiceField(label=_("Lead unit"))
    assisting = forms.MultipleChoiceField(
        label=_("Assisting units"), required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )

    class Meta:
        model = DirectoryRule
        fields = [
            "topic",
            "area",
            "level",
            "lead",
            "assisting",
            "grassroots_allowed",
            "statute",
            "valid_from",
            "valid_to",
        ]
        widgets = {
            "valid_from": forms.DateInput(**DAY),  # type: ignore[arg-type]
            "valid_to": forms.DateInput(**DAY),  # type: ignore[arg-type]
        }
        help_texts = {
            "topic": _("A path such as 环境/噪声: for it and all under it. Empty: every topic."),
            "area": _("The first digits of the area's code. Empty: the whole city."),
        }

    def __init__(self, answers: QueryDict | None = None, *, instance: DirectoryRule) -> None:
        super().__init__(answers, instance=instance)
        named = read_units()
        units = [
            (_("The county concerned"), concerned_choices(named)),
            (_("Units"), list(named.names.items())),
        ]
        self.fields["lead"].choices = [("", _("Choose…")), *units]  # type: ignore[attr-defined]
        self.fields["assisting"].choices = units  # type: ignore[attr-defined]

    def clean_topic(self) -> str:
        return str(self.cleaned_data["topic"]).strip().strip("/")


class BacktestForm(forms.Form):
    """Which version beside the one in force, on the orders of which days."""

    version = forms.ModelChoiceField(
        DirectoryVersion.objects.none(),
        label=_("Version"),
        to_field_name="number",
        empty_label=_("Choose…"),
    )
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(**DAY))  # type: ignore[arg-type]
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(**DAY))  # type: ignore[arg-type]

    def __init__(
        self, answers: QueryDict | None = None, *, initial: dict[str, object] | None = None
    ) -> None:
        super().__init__(answers, initial=initial)
        others = DirectoryVersion.objects.exclude(state=DirectoryState.RETIRED)
        self.fields["version"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        first_day, last_day = known.get("first_day"), known.get("last_day")
        if first_day and last_day and first_day > last_day:
            self.add_error("first_day", _("The first day must not lie after the last."))
        return known
