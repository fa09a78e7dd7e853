"""Leaders' reception days on their page: swapped, held or cancelled, with the matters heard."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.actions.receptions import (
    cancel_reception,
    hear_case,
    hold_reception,
    plan_reception,
    swap_reception,
)
from civicloop.apps.cases.models import PetitionCase, Reception, ReceptionState
from civicloop.apps.cases.visibility import (
    petitions_visible_to,
    receptions_visible_to,
    without_own_matters,
)
from civicloop.web.cases import fields
from civicloop.web.cases.meetings import ReasonForm
from civicloop.web.cases.offered import CaseForm, CaseKind, CaseStep, Who, by, made_by


class PlanForm(CaseForm):
    leader = fields.people(Role.LEADER)
    area = fields.area()
    day = fields.DayField(label=gettext_lazy("Day"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200)


class SwapForm(CaseForm):
    to_leader = fields.people(Role.LEADER)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(fields.SHORT))


class NoteForm(CaseForm):
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(fields.SHORT), required=False
    )


class HearForm(fields.OrderForm):
    petition = forms.IntegerField(
        label=gettext_lazy("Or the number of the petition"),
        min_value=1,
        max_value=2**62,
        required=False,
    )
    instruction = forms.CharField(
        label=gettext_lazy("The leader's instruction"), widget=forms.Textarea(fields.SHORT)
    )
    is_taken_over = forms.BooleanField(
        label=gettext_lazy("The leader follows it to its end"), required=False
    )

    def clean_petition(self) -> PetitionCase | None:
        """The petition that the user may see; nothing written is none."""
        number = self.cleaned_data["petition"]
        if number is None:
            return None
        found = petitions_visible_to(self.user).filter(pk=number).first()
        if found is None:
            raise forms.ValidationError(_("You see no petition of this number."))
        return found


def _plan(form: PlanForm, who: Who) -> object:
    return plan_reception(**form.cleaned_data, **made_by(who))


def _swap(form: SwapForm, who: Who) -> object:
    return swap_reception(reception_id=who.case.pk, **form.cleaned_data, **by(who))


def _hold(form: NoteForm, who: Who) -> object:
    return hold_reception(reception_id=who.case.pk, **form.cleaned_data, **by(who))


def _cancel(form: ReasonForm, who: Who) -> object:
    return cancel_reception(reception_id=who.case.pk, **form.cleaned_data, **by(who))


def _hear(form: HearForm, who: Who) -> object:
    return hear_case(reception_id=who.case.pk, **form.cleaned_data, **by(who))


STEPS: Mapping[str, CaseStep] = {
    "hear": CaseStep(
        title=gettext_lazy("Enter a matter heard"),
        done=gettext_lazy("The matter is kept."),
        form=HearForm,
        take=_hear,
    ),
    "hold": CaseStep(
        title=gettext_lazy("The day took place"),
        done=gettext_lazy("Kept: the day took place."),
        form=NoteForm,
        take=_hold,
    ),
    "swap": CaseStep(
        title=gettext_lazy("Another leader takes the day"),
        done=gettext_lazy("Swapped."),
        form=SwapForm,
        take=_swap,
    ),
    "cancel": CaseStep(
        title=gettext_lazy("Cancel the day"),
        done=gettext_lazy("The day is cancelled."),
        form=ReasonForm,
        take=_cancel,
    ),
}


def _offered(reception: Reception, user: User) -> list[str]:
    if not may(user, Action.HANDLE_PETITIONS) or reception.state == ReceptionState.CANCELLED:
        return []
    is_planned = reception.state == ReceptionState.PLANNED
    return ["hear", *(["hold", "swap", "cancel"] if is_planned else [])]


def _facts(reception: Reception, user: User, _now: datetime) -> dict[str, object]:
    heard = list(without_own_matters(reception.cases.select_related("order", "petition")))
    asked = [one.petition_id for one in heard if one.petition_id]
    seen = petitions_visible_to(user).filter(pk__in=asked)
    return {
        "swaps": list(reception.swaps.select_related("from_leader", "to_leader")),
        "heard": heard,
        "petitions_seen": set(seen.values_list("pk", flat=True)),
    }


RECEPTIONS = CaseKind(
    address="reception",
    actions=(Action.HANDLE_PETITIONS, Action.HOLD_MEETINGS, Action.OVERSEE),
    visible=lambda user: receptions_visible_to(user).select_related(
        "leader", "planned_leader", "area"
    ),
    steps=STEPS,
    offered=_offered,
    facts=_facts,
    template="cases/reception.html",
    new=CaseStep(
        title=gettext_lazy("Plan a reception day"),
        done=gettext_lazy("The day is on the roster."),
        form=PlanForm,
        take=_plan,
    ),
    may_make=Action.HANDLE_PETITIONS,
)
