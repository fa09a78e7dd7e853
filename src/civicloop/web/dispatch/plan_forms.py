"""What is asked for a batch plan."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.dispatch.models import ReplyClaim
from civicloop.web.dispatch.forms import CLAIMS_SHOWN, LONG, SHORT


class PlanForm(forms.Form):
    """One plan and what each citizen is told."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    plan = forms.CharField(label=gettext_lazy("Plan"), widget=forms.Textarea(SHORT))
    claim = forms.ChoiceField(
        label=gettext_lazy("Result"), choices=[(claim.value, claim.label) for claim in CLAIMS_SHOWN]
    )
    solve_by_day = forms.DateField(
        label=gettext_lazy("Solved by (for “planned”)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to each citizen"),
        widget=forms.Textarea(LONG),
        help_text=gettext_lazy(
            "{number} becomes the number of the own order, {subject} its subject."
        ),
    )

    def clean(self) -> dict[str, object]:
        """Who promises says until when."""
        said = self.cleaned_data
        if said.get("claim") == ReplyClaim.PLANNED and not said.get("solve_by_day"):
            self.add_error("solve_by_day", _("Say by which day it is solved."))
        return said


class OwnAnswerForm(forms.Form):
    """What one citizen is told instead."""

    answer = forms.CharField(
        label=gettext_lazy("Own answer; empty: the plan's"),
        widget=forms.Textarea(LONG),
        required=False,
    )
