"""What is asked on the board: why an order goes back, and until when it is put off."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MORNING = time(8, 30)
HOURS = {"1": 1, "3": 3}


class ReturnForm(forms.Form):
    """What an operator is to ask the citizen."""

    note = forms.CharField(
        label=_("What is missing"), max_length=1_000, widget=forms.Textarea({"rows": 2})
    )


class LaterForm(forms.Form):
    """Each time is a button."""

    until = forms.ChoiceField(
        choices=[
            ("1", _("in an hour")),
            ("3", _("in three hours")),
            ("morning", _("tomorrow at 8:30")),
        ]
    )

    def until_at(self, now: datetime) -> datetime:
        """The moment that was chosen."""
        chosen = self.cleaned_data["until"]
        if chosen in HOURS:
            return now + timedelta(hours=HOURS[chosen])
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        return timezone.make_aware(datetime.combine(tomorrow, MORNING))
