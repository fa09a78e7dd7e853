from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.intake.models import ImportRun, OnError, OnExisting
from civicloop.apps.intake.wording_of_columns import FIELD_NAMES
from civicloop.web.intake.mapping_text import with_columns

IGNORED = "ignore"


class ImportForm(forms.Form):
    """A file and how to take it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("This file is empty: it holds 0 bytes."),
        },
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=64,
        required=False,
        help_text=gettext_lazy(
            "The system whose numbers the file carries. The same number of the same source "
            "goes in once. Empty: known by the file's layout."
        ),
    )
    on_error = forms.ChoiceField(
        label=gettext_lazy("When a row is bad"),
        choices=OnError.choices,
        initial=OnError.SKIP,
        widget=forms.RadioSelect,
    )
    on_existing = forms.ChoiceField(
        label=gettext_lazy("When an appeal is there with other details (reply, votes, topic …)"),
        choices=OnExisting.choices,
        initial=OnExisting.REFUSE,
        widget=forms.RadioSelect,
        required=False,
    )
    mapping = forms.CharField(
        label=gettext_lazy("Mapping (TOML)"), required=False, widget=forms.Textarea
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

    def clean_on_existing(self) -> str:
        return self.cleaned_data["on_existing"] or OnExisting.REFUSE.value


class ColumnsForm(forms.Form):
    """What each column of the file means, as a box per column."""

    def __init__(self, answers: QueryDict | None = None, *, run: ImportRun) -> None:
        super().__init__(answers)
        self._run = run
        for column in run.preview.get("columns", []):
            self.fields[column["letter"]] = forms.ChoiceField(
                label=column["header"] or _("column without a header"),
                choices=[(code, name) for code, name in FIELD_NAMES.items()],
                initial=column["field"],
            )

    def clean(self) -> dict[str, Any]:
        known: dict[str, Any] = super().clean() or {}
        chosen = [field for field in known.values() if field != IGNORED]
        for field in sorted({field for field in chosen if chosen.count(field) > 1}):
            self.add_error(
                None,
                _("“%(field)s” is chosen for more than one column. Choose it once.")
                % {"field": FIELD_NAMES[field]},
            )
        return known

    @property
    def mapping_toml(self) -> str:
        """The run's mapping with these columns; for a form that is valid."""
        columns = {f"@{letter}": field for letter, field in self.cleaned_data.items()}
        return with_columns(self._run.mapping_toml, columns)
