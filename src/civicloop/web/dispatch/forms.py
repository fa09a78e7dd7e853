"""What is asked for each step of an order. Field names are those of the actions' arguments."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from civicloop.apps.clocks.models import PauseReason
from civicloop.apps.clocks.presets import knows_long_cycle
from civicloop.apps.dispatch.actions.drafts import LONGEST_ANSWER
from civicloop.apps.dispatch.actions.replying import ReplyText
from civicloop.apps.dispatch.models import FailReason, ObjectionGround, ReplyClaim
from civicloop.apps.places.models import Unit
from civicloop.web.unit_fields import UnitsField

PICTURES = "image/jpeg,image/png,image/webp"  # without HEIC, so that a telephone sends JPEG
SHORT, LONG = {"rows": 2}, {"rows": 6}
CLAIMS_SHOWN = (
    ReplyClaim.SOLVED,
    ReplyClaim.PARTLY,
    ReplyClaim.EXPLAINED,
    ReplyClaim.PLANNED,
    ReplyClaim.CANNOT_LAW,
    ReplyClaim.NOT_TRUE,
    ReplyClaim.UNREACHABLE,
    ReplyClaim.WITHDREW,
)


class SignForm(forms.Form):
    """Nothing is asked."""


class NoteForm(forms.Form):
    """A sentence or two."""

    note = forms.CharField(label=_("Note"), widget=forms.Textarea(SHORT), required=False)


class ContactForm(NoteForm):
    """Whether the citizen was reached; each answer is a button."""

    is_reached = forms.TypedChoiceField(
        choices=[("1", _("Reached the citizen")), ("0", _("Not reached"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(SHORT))


class MessageForm(forms.Form):
    """Words between the units of an order."""

    text = forms.CharField(label=_("To the other units"), widget=forms.Textarea(SHORT))


class ReplyForm(forms.Form):
    """A reply; what it lacks is said by the action, for it depends on the order."""

    claim = forms.ChoiceField(
        label=_("Result"),
        choices=[(claim.value, claim.label) for claim in CLAIMS_SHOWN],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Reply to the citizen"), max_length=LONGEST_ANSWER, widget=forms.Textarea(LONG)
    )
    picture = forms.FileField(
        label=_("Picture of the place, or a PDF"),
        required=False,
        widget=forms.ClearableFileInput({"accept": f"{PICTURES},application/pdf"}),
    )
    explanation = forms.CharField(
        label=_("Or an explanation instead of a picture"),
        required=False,
        widget=forms.Textarea(SHORT),
    )
    solve_by_day = forms.DateField(
        label=_("Solved by (for “planned”)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300, required=False)
    may_tell_numbers = forms.BooleanField(
        label=_("The mobile numbers in the text are meant for the citizen"), required=False
    )

    def reply(self) -> ReplyText:
        """The valid answers as the action takes them; of a reply still written what is there."""
        asked = self.cleaned_data
        return ReplyText(
            text=asked.get("text", ""),
            claim=ReplyClaim(asked.get("claim") or ReplyClaim.EXPLAINED),
            explanation=asked.get("explanation", ""),
            solve_by_day=asked.get("solve_by_day"),
            legal_basis=asked.get("legal_basis", ""),
            may_tell_numbers=asked.get("may_tell_numbers", False),
        )


class EvidenceForm(forms.Form):
    """A picture or a paper."""

    picture = forms.FileField(
        label=_("Picture of the place, or a PDF"),
        help_text=_("At most 10 MB. A PDF is kept as it is, with the names that are in it."),
        widget=forms.ClearableFileInput({"accept": f"{PICTURES},application/pdf"}),
    )


class ObjectionForm(forms.Form):
    """Why the order is not for this unit."""

    ground = forms.ChoiceField(label=_("Ground"), choices=ObjectionGround.choices)
    statement = forms.CharField(label=_("Statement"), widget=forms.Textarea(SHORT))
    legal_basis = forms.CharField(
        label=_("Legal basis or list of duties"), max_length=300, required=False
    )
    suggested_unit = forms.ModelChoiceField(
        Unit.objects.all(), label=_("Whose duty it is"), required=False
    )


class DecisionForm(forms.Form):
    """Uphold or reject an objection, pass or send back: each is a button."""

    is_upheld = forms.TypedChoiceField(
        choices=[("1", _("Uphold: dispatch anew")), ("0", _("Reject: designate this unit"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )
    decision = forms.CharField(label=_("Decision and its reason"), widget=forms.Textarea(SHORT))


class FinalDecisionForm(ReasonForm):
    """Approve a final reply or send it back."""

    is_approved = forms.TypedChoiceField(
        choices=[("1", _("Approve: the matter ends")), ("0", _("Send it back"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )


class ReviewForm(NoteForm):
    """Pass, or send back with reasons."""

    reasons = forms.MultipleChoiceField(
        label=_("What is wrong with it"),
        choices=FailReason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_passed = forms.TypedChoiceField(
        choices=[("1", _("Pass: tell the citizen")), ("0", _("Send it back"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )


class ConsultationForm(forms.Form):
    """Whom to ask what."""

    units = UnitsField(label=_("Units to ask (two or more)"))
    question = forms.CharField(label=_("Question"), widget=forms.Textarea(SHORT))


class OpinionForm(forms.Form):
    """Whether it is this unit's duty: each answer is a button."""

    is_ours = forms.TypedChoiceField(
        choices=[("1", _("It is our duty")), ("0", _("It is not our duty"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )
    opinion = forms.CharField(label=_("Opinion and its reason"), widget=forms.Textarea(SHORT))


class ConclusionForm(forms.Form):
    """What came of a consultation."""

    conclusion = forms.CharField(label=_("Conclusion"), widget=forms.Textarea(SHORT))


class ExtensionForm(ReasonForm):
    """How much more time, and why."""

    days = forms.IntegerField(
        label=_("How many days more (as the limit counts them)"), min_value=1, max_value=180
    )
    is_long_cycle = forms.BooleanField(
        label=_("A long-cycle matter: land, demolition, roads, telecom works (counted in days)"),
        required=False,
    )
    is_caller_told = forms.BooleanField(
        label=_("The delay has been explained to the citizen"), required=False
    )
    field_order = ("days", "reason", "is_long_cycle", "is_caller_told")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if not knows_long_cycle(settings.CLOCK_PRESET):
            del self.fields["is_long_cycle"]


class ExtensionDecisionForm(forms.Form):
    """Grant more time or refuse it: each is a button."""

    is_granted = forms.TypedChoiceField(
        choices=[("1", _("Grant")), ("0", _("Refuse"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )
    decision = forms.CharField(
        label=_("Decision and its reason"), widget=forms.Textarea(SHORT), required=False
    )


class SuspensionForm(forms.Form):
    """Why the time stands."""

    cause = forms.ChoiceField(label=_("Cause"), choices=PauseReason.choices)
    evidence = forms.CharField(
        label=_("Evidence: notice, date and number"), widget=forms.Textarea(SHORT)
    )
