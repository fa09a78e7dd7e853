from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Topic, TopicTree
from civicloop.apps.issues.actions.alarms import LEAST_PER_WEEK, MOST_PER_WEEK


class TopicForm(forms.Form):
    """A topic of the newest tree for one appeal."""

    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("Another topic"), empty_label=_("Choose…")
    )

    def __init__(self, answers: QueryDict | None = None) -> None:
        super().__init__(answers)
        topics = Topic.objects.filter(tree=TopicTree.objects.first()).order_by("path")
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]


class BacktestForm(forms.Form):
    """Which days, and how many false alarms a week would have been allowed."""

    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    per_week = forms.FloatField(
        label=_("False alarms allowed a week"),
        min_value=LEAST_PER_WEEK,
        max_value=MOST_PER_WEEK,
        step_size=0.1,
    )

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        first_day, last_day = days.get("first_day"), days.get("last_day")
        if first_day and last_day and first_day > last_day:
            self.add_error("first_day", _("The first day must not lie after the last."))
        return days
