"""What is asked for when observations are put in, or a tree of goals is changed."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core import signing
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.indicators.shown.asked import indicator_choices, the_city
from civicloop.apps.places.models import Unit

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

SALT = "observations"
TOKEN_SECONDS = 24 * 3600


class ObservationFileForm(forms.Form):
    """The file alone: what it changes is shown before anything is asked."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={"required": gettext_lazy("Choose a file first.")},
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size_bytes = file.size or 0
        if size_bytes > settings.UPLOAD_MAX_BYTES:
            size, limit = filesizeformat(size_bytes), filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(limit)s can be taken. Split it in two.")
                % {"size": size, "limit": limit}
            )
        return file


class RecordForm(forms.Form):
    """Who stated it and when; the token names the file that was looked at by the same person."""

    token = forms.CharField(widget=forms.HiddenInput)
    publisher = forms.CharField(
        label=gettext_lazy("Who stated it"),
        max_length=200,
        error_messages={"required": gettext_lazy("Name the office or firm that stated it.")},
    )
    published_day = forms.DateField(
        label=gettext_lazy("Published on"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )
    confirm_doubts = forms.BooleanField(
        label=gettext_lazy("The doubtful rows are right"), required=False
    )


def token_of(*, digest: str, name: str, user_id: int) -> str:
    """A signed word for a file that somebody looked at: nobody else's, and for a day."""
    return signing.dumps([digest, name[:200], user_id], salt=SALT, compress=True)


def file_of(token: str, *, user_id: int) -> tuple[str, str] | None:
    """The digest and the name of the file; None if the word is not this person's, or too old."""
    try:
        digest, name, whose = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return (digest, name) if whose == user_id else None


class TreeForm(forms.Form):
    """What every change of a tree says: the version that was seen, and that it is meant."""

    seen = forms.IntegerField(min_value=1, max_value=10**6, widget=forms.HiddenInput)
    is_sure = forms.BooleanField(
        label=gettext_lazy("Make it the next version of the tree"),
        error_messages={"required": gettext_lazy("Tick the box: the change is seen by everybody.")},
    )


class GoalFieldsForm(TreeForm):
    """The fields of a goal."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    owner = forms.ModelChoiceField(
        Unit.objects.all(), label=gettext_lazy("Owner"), required=False, to_field_name="code"
    )
    deadline_day = forms.DateField(
        label=gettext_lazy("Deadline"), required=False, widget=forms.DateInput({"type": "date"})
    )


class AddGoalForm(GoalFieldsForm):
    """A new goal, below another one or at the top."""

    code = forms.CharField(label=gettext_lazy("Code of the goal"), max_length=40)
    parent = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    field_order = ("code", "title", "owner", "deadline_day", "is_sure")


class ChangeGoalForm(GoalFieldsForm):
    """Another title, owner or deadline."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    field_order = ("title", "owner", "deadline_day", "is_sure")


class RetireGoalForm(TreeForm):
    """Take a goal out, with all below it."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)


class TargetForm(TreeForm):
    """An indicator that measures a goal, and its target."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    green = forms.DecimalField(
        label=gettext_lazy("Green from"), max_digits=15, decimal_places=6, required=False
    )
    amber = forms.DecimalField(
        label=gettext_lazy("Amber from"), max_digits=15, decimal_places=6, required=False
    )
    field_order = ("indicator", "area", "green", "amber", "is_sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = indicator_choices()  # type: ignore[attr-defined]
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", _("all parts together")),
            *((each.code, each.name) for each in the_city().areas),
        ]

    def clean(self) -> dict[str, Any]:
        known: dict[str, Any] = super().clean() or {}
        if (known.get("green") is None) is not (known.get("amber") is None):
            self.add_error("amber", _("Give both, or none: a light needs both."))
        return known
