import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.clocks.models import CalendarDayKind

LARGEST_BYTES = 1024 * 1024
HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})")
MINUTES_OF_AN_HOUR = 60


class YearFileForm(forms.Form):
    """A year's notice as a table."""

    prefix = "year"
    file = forms.FileField(label=gettext_lazy("CSV file or workbook"), max_length=200)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("A year's days fit into 1 MB; this file is larger."))
        return file


class DayForm(forms.Form):
    """What one day is."""

    prefix = "day"
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Is"),
        choices=[("", gettext_lazy("what its weekday says")), *CalendarDayKind.choices],
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Holiday"), max_length=40, required=False)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def clean(self) -> dict[str, object]:
        known: dict[str, object] = super().clean() or {}
        if known.get("kind") and not known.get("name"):
            self.add_error("name", _("Name the holiday that this day belongs to."))
        return known


class HoursForm(forms.Form):
    """The business hours of every worked day, written 08:30-12:00, 14:30-18:00."""

    prefix = "hours"
    hours = forms.CharField(label=gettext_lazy("Business hours"), max_length=80)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def clean_hours(self) -> tuple[tuple[int, int], ...]:
        text = self.cleaned_data["hours"]
        spans = tuple(
            (
                int(first) * MINUTES_OF_AN_HOUR + int(minute),
                int(last) * MINUTES_OF_AN_HOUR + int(end),
            )
            for first, minute, last, end in HOURS.findall(text)
        )
        if not spans or HOURS.sub("", text).strip(" ,，;；、"):
            raise forms.ValidationError(_("Write them like 08:30-12:00, 14:30-18:00."))
        return spans
