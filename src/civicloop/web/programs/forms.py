from django import forms
from django.utils.translation import gettext_lazy

from civicloop.apps.intake.actions.clients import LONGEST_NAME, MOST_PER_HOUR, USUAL_PER_HOUR
from civicloop.apps.intake.models import ApiAction
from civicloop.apps.intake.queries.clients import channels_to_choose


def _channels() -> list[tuple[str, str]]:
    return [(channel.code, channel.shown_name) for channel in channels_to_choose()]


class ProgramForm(forms.Form):
    """A program that is to have a key."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=_channels)
    actions = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=ApiAction.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=ApiAction.values,
    )
    hourly_limit = forms.IntegerField(
        label=gettext_lazy("Most appeals an hour"),
        min_value=1,
        max_value=MOST_PER_HOUR,
        initial=USUAL_PER_HOUR,
    )
