"""What is asked for the centre's own steps. Field names are those of the actions' arguments."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from civicloop.apps.clocks.presets import statutes_of_orders
from civicloop.apps.dispatch.actions.call_backs import Exclusion
from civicloop.apps.dispatch.actions.closing import EmergencyLine, RefusalReason
from civicloop.apps.dispatch.actions.limit_cases import cases_to_choose
from civicloop.apps.dispatch.actions.limits import LimitUnit
from civicloop.apps.dispatch.models import FeedbackStage, OrderLimitCase, Resolved
from civicloop.apps.knowledge.models import Article, ArticleState
from civicloop.apps.places.models import Unit
from civicloop.web.dispatch.forms import LONG, SHORT
from civicloop.web.unit_fields import UnitsField

SATISFACTION = [
    ("5", _("5 very content")),
    ("4", _("4 content")),
    ("3", _("3 so-so")),
    ("2", _("2 not content")),
    ("1", _("1 not content at all")),
]
LEVELS = [
    ("1", _("Level 1: blue sheet")),
    ("2", _("Level 2: yellow sheet")),
    ("3", _("Level 3: red sheet")),
    ("4", _("Level 4: joint meeting")),
]


class CallBackForm(forms.Form):
    """What the citizen said; whether it is resolved is asked apart from how content they are."""

    resolved = forms.ChoiceField(
        label=_("Is it resolved?"),
        choices=Resolved.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    satisfaction = forms.TypedChoiceField(
        label=_("How content with the handling?"),
        choices=SATISFACTION,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    attitude = forms.TypedChoiceField(
        label=_("How content with the manner?"),
        choices=[("", "–"), *SATISFACTION],
        coerce=int,
        empty_value=None,
        required=False,
    )
    is_true = forms.NullBooleanField(label=_("Does the reply match the facts?"), required=False)
    excluded_for = forms.ChoiceField(
        label=_("Leave out of the figures, because"),
        choices=[("", _("no, count it")), *Exclusion.choices],
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(SHORT), required=False)
    is_reached = forms.TypedChoiceField(
        choices=[("1", _("Keep what was said")), ("0", _("Nobody reached"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )

    def clean_resolved(self) -> Resolved | None:
        """Nothing chosen is no answer."""
        chosen = self.cleaned_data["resolved"]
        return Resolved(chosen) if chosen else None


class DispatchForm(forms.Form):
    """Who must act, and who helps."""

    lead = forms.ModelChoiceField(Unit.objects.all(), label=_("Lead unit"))
    assisting = UnitsField(label=_("Assisting units"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(SHORT), required=False)


class RespondentForm(forms.Form):
    """Whom the appeal is about; both empty: about nobody."""

    unit = forms.ModelChoiceField(
        Unit.objects.all(),
        label=_("The unit that it is about"),
        required=False,
        help_text=_("Where the unit has the order, it is taken from it at once."),
    )
    name = forms.CharField(
        label=_("Or a person or firm that is no unit"), max_length=200, required=False
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(SHORT))


class AnswerForm(forms.Form):
    """What the citizen was told, and the article it rests on."""

    text = forms.CharField(label=_("What the citizen was told"), widget=forms.Textarea(LONG))
    article = forms.ModelChoiceField(
        Article.objects.filter(state=ArticleState.PUBLISHED),
        label=_("Article of the knowledge base"),
        required=False,
    )


class RefusalForm(forms.Form):
    """Why it is not accepted, and the route the citizen was told."""

    reason = forms.ChoiceField(label=_("Reason"), choices=RefusalReason.choices)
    route_told = forms.CharField(
        label=_("The route the citizen was told"), widget=forms.Textarea(SHORT)
    )


class TransferForm(forms.Form):
    """To which line the call was put through."""

    line = forms.ChoiceField(label=_("Emergency line"), choices=EmergencyLine.choices)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(SHORT), required=False)


class NewFactForm(forms.Form):
    """What is new about a closed matter."""

    new_fact = forms.CharField(label=_("New fact or reason"), widget=forms.Textarea(SHORT))


class LimitForm(forms.Form):
    """How much time."""

    n = forms.IntegerField(label=_("How much time"), min_value=1, max_value=720)
    unit = forms.TypedChoiceField(
        label=_("Counted in"), choices=LimitUnit.choices, coerce=LimitUnit
    )


class LeaderLimitForm(LimitForm):
    """A leader's instruction; it counts from now."""

    leader = forms.CharField(label=_("Leader"), max_length=40)
    reason = forms.CharField(label=_("What was instructed"), widget=forms.Textarea(SHORT))


def _statutes() -> list[tuple[str, str | Promise]]:
    known = statutes_of_orders().items()
    return [
        ("", _("another one, as written below")),
        *((key, row.sourced.source) for key, row in known),
    ]


class StatuteLimitForm(LimitForm):
    """The limit of a statute or sector rule, a shipped one or another; it counts from the dispatch."""

    key = forms.ChoiceField(label=_("Limit of a statute"), choices=_statutes, required=False)
    statute = forms.CharField(label=_("Rule of law and article"), max_length=300, required=False)
    is_caller_told = forms.BooleanField(
        label=_("The citizen has been told the legal limit"), required=False
    )
    field_order = ("key", "n", "unit", "statute", "is_caller_told")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["n"].required = False

    def clean(self) -> dict[str, Any]:
        """Of another statute than the shipped ones everything is said."""
        said = self.cleaned_data
        if not said.get("key") and "n" not in self.errors:
            for name in ("n", "statute"):
                if not said.get(name):
                    self.add_error(name, _("Say it, or choose a statute above."))
        return said


def _limit_cases() -> list[tuple[str, Promise | str]]:
    return [(case.value, case.label) for case in cases_to_choose()]


class LimitCaseForm(forms.Form):
    """What an order is, where the city gives that a limit of its own."""

    case = forms.TypedChoiceField(
        label=_("The matter is"), choices=_limit_cases, coerce=OrderLimitCase
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(SHORT))
    is_caller_told = forms.BooleanField(
        label=_("The delay has been explained to the citizen"), required=False
    )


class SheetForm(forms.Form):
    """A supervision sheet for a unit of the order."""

    level = forms.TypedChoiceField(label=_("Level"), choices=LEVELS, coerce=int)
    unit = forms.ModelChoiceField(Unit.objects.all(), label=_("Unit"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(SHORT))


class InstructionForm(forms.Form):
    """What a leader instructs the lead unit to do."""

    text = forms.CharField(label=_("What is instructed"), widget=forms.Textarea(SHORT))
    is_complex = forms.BooleanField(
        label=_("Hard or complex: a month instead of seven days"), required=False
    )


class PaperInstructionForm(InstructionForm):
    """A leader's instruction that came on paper, written down by the supervision office."""

    leader = forms.CharField(label=_("Leader"), max_length=40)


class FeedbackForm(forms.Form):
    """What a unit tells before it can account for an instruction."""

    stage = forms.TypedChoiceField(
        label=_("Stage"),
        choices=[
            (one.value, one.label) for one in (FeedbackStage.DEPLOYED, FeedbackStage.UNDER_WAY)
        ],
        coerce=FeedbackStage,
    )
    text = forms.CharField(label=_("What was done, what comes next"), widget=forms.Textarea(SHORT))


class SheetReplyForm(forms.Form):
    """The unit accounts for the order."""

    text = forms.CharField(label=_("What was done, what comes next"), widget=forms.Textarea(SHORT))


class SheetEndForm(forms.Form):
    """How a sheet ended: each way is a button."""

    note = forms.CharField(label=_("How it ended"), widget=forms.Textarea(SHORT))
    is_withdrawn = forms.TypedChoiceField(
        choices=[("0", _("Accounted for: end it")), ("1", _("Issued in error: withdraw it"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )
