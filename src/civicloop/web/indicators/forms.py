"""What is asked for when observations are put in."""

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.core import signing
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
