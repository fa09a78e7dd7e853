"""Mediation on its page: consent, agreement, performance, confirmation, or the routes told."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.actions.mediation import (
    agree,
    ask_confirmation,
    begin_mediation,
    end_without_agreement,
    found_committee,
    note_performed,
    propose_mediation,
)
from civicloop.apps.cases.models import (
    Agreement,
    Committee,
    CommitteeKind,
    MediationCase,
    MediationState,
)
from civicloop.apps.cases.queries import clocks_of
from civicloop.apps.cases.timing import MEDIATION
from civicloop.apps.cases.visibility import mediations_visible_to
from civicloop.web.cases import fields
from civicloop.web.cases.offered import CaseForm, CaseKind, CaseStep, Who, by, made_by


class ProposeForm(fields.OrderForm):
    subject = forms.CharField(label=_("Subject, without names of persons"), max_length=200)
    committee = forms.ModelChoiceField(Committee.objects.all(), label=_("Committee"))
    mediator = fields.people(Role.MEDIATOR)
    party_count = forms.IntegerField(label=_("Parties"), min_value=2, max_value=99, initial=2)
    organisation = forms.CharField(
        label=_("Organisation that is a party"), max_length=200, required=False
    )


class CommitteeForm(CaseForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=CommitteeKind.choices)
    area = fields.area()
    member_count = forms.IntegerField(label=_("Members (three to nine)"), min_value=1, max_value=99)
    elected_on = fields.DayField(label=_("Elected on"))


class AgreeForm(CaseForm):
    agreement = forms.ChoiceField(label=_("Form"), choices=Agreement.choices)
    text = forms.CharField(label=_("What was agreed"), widget=forms.Textarea(fields.LONG))
    perform_by_day = fields.DayField(label=_("To be performed by"), required=False)


class EndForm(CaseForm):
    route_told = forms.CharField(
        label=_("Legal routes that the parties were told"), widget=forms.Textarea(fields.SHORT)
    )
    is_refused = forms.TypedChoiceField(
        choices=[("1", _("A party refuses")), ("0", _("No agreement was found"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )


def _propose(form: ProposeForm, who: Who) -> object:
    return propose_mediation(**form.cleaned_data, **made_by(who))


def _found(form: CommitteeForm, who: Who) -> object:
    return found_committee(**form.cleaned_data, **made_by(who))


def _begin(_form: CaseForm, who: Who) -> object:
    return begin_mediation(case_id=who.case.pk, **by(who))


def _agree(form: AgreeForm, who: Who) -> object:
    return agree(case_id=who.case.pk, **form.cleaned_data, **by(who))


def _confirm(_form: CaseForm, who: Who) -> object:
    return ask_confirmation(case_id=who.case.pk, **by(who))


def _perform(_form: CaseForm, who: Who) -> object:
    return note_performed(case_id=who.case.pk, **by(who))


def _end(form: EndForm, who: Who) -> object:
    return end_without_agreement(case_id=who.case.pk, **form.cleaned_data, **by(who))


STEPS: Mapping[str, CaseStep] = {
    "begin": CaseStep(
        title=_("All parties consent: begin"),
        done=_("The mediation is under way."),
        form=CaseForm,
        take=_begin,
    ),
    "agree": CaseStep(
        title=_("Enter the agreement"),
        done=_("The agreement is kept."),
        form=AgreeForm,
        take=_agree,
    ),
    "perform": CaseStep(
        title=_("The agreement is performed"),
        done=_("The case has ended: performed."),
        form=CaseForm,
        take=_perform,
    ),
    "confirm": CaseStep(
        title=_("Both parties ask the court to confirm it"),
        done=_("The request for confirmation is kept."),
        form=CaseForm,
        take=_confirm,
    ),
    "end": CaseStep(
        title=_("End without an agreement"),
        done=_("The case has ended; the parties know their legal routes."),
        form=EndForm,
        take=_end,
        choice="is_refused",
    ),
}
COMMITTEE = CaseStep(
    title=_("Enter a mediation committee"),
    done=_("The committee is kept."),
    form=CommitteeForm,
    take=_found,
)


def _offered(case: MediationCase, user: User) -> list[str]:
    if not may(user, Action.MEDIATE):
        return []
    state = case.state
    offered = {
        "begin": state == MediationState.PROPOSED,
        "agree": state == MediationState.UNDER_WAY,
        "perform": state == MediationState.AGREED,
        "confirm": state == MediationState.AGREED and case.confirmation_asked_at is None,
        "end": state in (MediationState.PROPOSED, MediationState.UNDER_WAY),
    }
    return [name for name, is_offered in offered.items() if is_offered]


def _facts(case: MediationCase, _user: User, now: datetime) -> dict[str, object]:
    return {"clocks_shown": clocks_of(MEDIATION, [case.pk], now=now)}


MEDIATIONS = CaseKind(
    address="mediation",
    actions=(Action.MEDIATE, Action.OVERSEE),
    visible=lambda user: mediations_visible_to(user).select_related(
        "committee", "order__appeal", "mediator"
    ),
    steps=STEPS,
    offered=_offered,
    facts=_facts,
    template="cases/mediation.html",
    new=CaseStep(
        title=_("Offer mediation"),
        done=_("Mediation is offered; it begins once every party consents."),
        form=ProposeForm,
        take=_propose,
    ),
    may_make=Action.MEDIATE,
)
