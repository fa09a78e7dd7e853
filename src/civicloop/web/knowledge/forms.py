from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import OnError, Topic, TopicTree
from civicloop.apps.knowledge.contents import CONTENT_FIELDS, ArticleContent
from civicloop.apps.knowledge.models import (
    ArticleState,
    ArticleVersion,
    Audience,
    CorrectionOutcome,
)
from civicloop.apps.knowledge.queries.reading import ArticleFilters
from civicloop.apps.places.models import Area, Unit
from civicloop.apps.places.queries import area_choices

BIGGEST_NUMBER = 2**62
MOST_FILE_BYTES = 20 * 1024 * 1024
DAY_BOX = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ArticleFilterForm(forms.Form):
    """What the address says; what it says wrongly is passed over."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(required=False, choices=ArticleState.choices)
    audience = forms.ChoiceField(required=False, choices=Audience.choices)
    unit = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER)
    topic = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_NUMBER)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    @property
    def filters(self) -> ArticleFilters:
        """The valid parts of the address."""
        self.is_valid()
        known = self.cleaned_data
        return ArticleFilters(
            search=known.get("q", ""),
            state=known.get("state", ""),
            audience=known.get("audience", ""),
            unit_id=known.get("unit"),
            topic_id=known.get("topic"),
        )


class AskForm(forms.Form):
    """A question, and what is known about the matter; what is wrong is passed over."""

    q = forms.CharField(required=False, max_length=4_000)
    topic = forms.ModelChoiceField(Topic.objects.all(), required=False)
    area = forms.ModelChoiceField(Area.objects.all(), required=False)


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """An article as it is written; nothing of it is saved by the form itself."""

    field_order = (
        "title", "questions", "answer", "steps", "legal_basis", "source_name", "source_url",
        "unit", "topic", "area", "audience", "valid_from", "valid_to",
    )  # fmt: skip

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)  # version written on
    source_url = forms.URLField(
        required=False, max_length=500, assume_scheme="https", label=_("Address of the source")
    )

    class Meta:
        model = ArticleVersion
        fields = tuple(name for name in CONTENT_FIELDS if name != "source_url")
        widgets = {
            "questions": forms.Textarea(attrs={"rows": 3}),
            "answer": forms.Textarea(attrs={"rows": 6}),
            "steps": forms.Textarea(attrs={"rows": 4}),
            "legal_basis": forms.Textarea(attrs={"rows": 2}),
            "valid_from": DAY_BOX,
            "valid_to": DAY_BOX,
        }
        labels = {"unit": _("Owner"), "topic": _("Topic"), "area": _("Area")}
        help_texts = {
            "questions": _("As people ask it, one form a line."),
            "steps": _("One step a line."),
            "valid_to": _("Empty: until further notice."),
            "area": _("Empty: the whole city."),
            "source_name": _("The document or unit it comes from."),
        }

    def __init__(
        self, answers: QueryDict | None = None, *, initial: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(answers, initial=dict(initial or {}))
        topics = Topic.objects.filter(tree=TopicTree.objects.first())
        self._choose("topic", topics.order_by("path"))
        self._choose("unit", Unit.objects.order_by("code"))
        self._choose("area", Area.objects.filter(pk__in=[area.pk for area in area_choices()]))
        for name, words in (
            ("unit", _("Choose…")),
            ("topic", _("none")),
            ("area", _("the whole city")),
        ):
            self.fields[name].empty_label = words  # type: ignore[attr-defined]
        for name in ("title", "questions", "answer", "steps", "legal_basis", "source_name"):
            self.fields[name].widget.attrs["lang"] = "zh-Hans"

    def _choose(self, name: str, among: QuerySet[Any]) -> None:
        self.fields[name].queryset = among  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        known = super().clean() or {}
        first_day, last_day = known.get("valid_from"), known.get("valid_to")
        if first_day and last_day and last_day < first_day:
            self.add_error("valid_to", _("The last valid day lies before the first."))
        return known

    @property
    def content(self) -> ArticleContent:
        """The article; for a form that is valid."""
        known: dict[str, Any] = {name: self.cleaned_data[name] for name in CONTENT_FIELDS}
        for name in ("questions", "answer", "steps", "legal_basis"):
            known[name] = known[name].replace("\r\n", "\n")
        return ArticleContent(**known)


class CorrectionAnswerForm(forms.Form):
    """What became of a request for a correction."""

    outcome = forms.ChoiceField(
        choices=[
            choice for choice in CorrectionOutcome.choices if choice[0] != CorrectionOutcome.OPEN
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(max_length=2_000)


class ArticleImportForm(forms.Form):
    """A table of articles and how to take it."""

    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file first.")})
    on_error = forms.ChoiceField(
        label=_("When a row is bad"),
        choices=OnError.choices,
        initial=OnError.SKIP,
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_FILE_BYTES:
            raise forms.ValidationError(_("At most 20 MB can be taken. Split the file in two."))
        return file
