"""Joint meetings on their page: members, agenda, minutes, decisions."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.models import OF_A_UNIT, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    cancel_meeting,
    decide,
    end_decision,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.models import (
    DecisionState,
    JointMeeting,
    MeetingCase,
    MeetingDecision,
    MeetingState,
)
from civicloop.apps.cases.queries import clocks_of, decisions_shown, is_overdue
from civicloop.apps.cases.timing import DECISION
from civicloop.apps.cases.visibility import (
    matters_visible_to,
    meetings_visible_to,
    without_own_matters,
)
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.places.models import Unit
from civicloop.web.cases import fields
from civicloop.web.cases.offered import CaseForm, CaseKind, CaseStep, Who, by, made_by
from civicloop.web.unit_fields import UnitsField


class CallForm(CaseForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    area = fields.area()
    day = fields.DayField(label=_("Day"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    convener = forms.CharField(label=_("Convener"), max_length=60)
    units = UnitsField(label=_("Units that are asked (two or more)"))


class AgendaForm(fields.OrderForm):
    question = forms.CharField(label=_("Question"), widget=forms.Textarea(fields.SHORT))


class BringForm(AgendaForm):
    meeting = forms.ModelChoiceField(
        JointMeeting.objects.filter(state=MeetingState.PLANNED), label=_("Joint meeting")
    )
    field_order = ("meeting", "order", "question")


class HoldForm(CaseForm):
    minutes = forms.CharField(label=_("Minutes"), widget=forms.Textarea(fields.LONG))
    present = UnitsField(
        label=_("Units that were there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def choose(self) -> None:
        self.model_choice("present", Unit.objects.filter(pk__in=self.case.members.values("unit")))


class ReasonForm(CaseForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(fields.SHORT))


class DecideForm(CaseForm):
    text = forms.CharField(label=_("Decision of the meeting"), widget=forms.Textarea(fields.SHORT))
    owner = fields.unit(_("Unit that owns it"))
    due_day = fields.DayField(label=_("To be done by"))
    case_decided = forms.ModelChoiceField(
        MeetingCase.objects.none(), label=_("About the matter"), required=False
    )

    def choose(self) -> None:
        self.model_choice("case_decided", without_own_matters(self.case.cases.all()))


class EndDecisionForm(CaseForm):
    decision = forms.ModelChoiceField(
        MeetingDecision.objects.none(), label=_("Decision of the meeting")
    )
    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(fields.SHORT))
    is_done = forms.TypedChoiceField(
        choices=[("1", _("It is done")), ("0", _("Drop it"))],
        coerce=lambda answer: answer == "1",
        widget=forms.HiddenInput,
    )

    def choose(self) -> None:
        mine = decisions_shown(self.user, self.case).filter(state=DecisionState.OPEN)
        self.model_choice("decision", mine)
        field = self.fields["is_done"]
        if self.user.role in OF_A_UNIT and isinstance(field, forms.ChoiceField):
            field.choices = [("1", _("It is done"))]


def _call(form: CallForm, who: Who) -> object:
    said = form.cleaned_data
    return call_meeting(**said | {"units": list(said["units"])}, **made_by(who))


def _agenda(form: AgendaForm, who: Who) -> object:
    return put_on_agenda(meeting_id=who.case.pk, **form.cleaned_data, **by(who))


def _bring(form: BringForm, who: Who) -> JointMeeting:
    said = dict(form.cleaned_data)
    meeting: JointMeeting = said.pop("meeting")
    put_on_agenda(meeting_id=meeting.pk, **said, **made_by(who))
    return meeting


def _hold(form: HoldForm, who: Who) -> object:
    said = form.cleaned_data
    present = list(said["present"])
    return hold_meeting(meeting_id=who.case.pk, minutes=said["minutes"], present=present, **by(who))


def _cancel(form: ReasonForm, who: Who) -> object:
    return cancel_meeting(meeting_id=who.case.pk, **form.cleaned_data, **by(who))


def _decide(form: DecideForm, who: Who) -> object:
    said = dict(form.cleaned_data)
    matter = said.pop("case_decided")
    return decide(meeting_id=who.case.pk, case=matter, **said, **by(who))


def _end(form: EndDecisionForm, who: Who) -> object:
    said = dict(form.cleaned_data)
    decision = said.pop("decision")
    return end_decision(decision_id=decision.pk, **said, **made_by(who))


STEPS: Mapping[str, CaseStep] = {
    "end-decision": CaseStep(
        title=_("End a decision"),
        done=_("The decision has ended."),
        form=EndDecisionForm,
        take=_end,
        choice="is_done",
    ),
    "agenda": CaseStep(
        title=_("Put a matter on the agenda"),
        done=_("It is on the agenda."),
        form=AgendaForm,
        take=_agenda,
    ),
    "hold": CaseStep(
        title=_("Write the minutes"),
        done=_("The minutes are kept."),
        form=HoldForm,
        take=_hold,
    ),
    "decide": CaseStep(
        title=_("Enter a decision"),
        done=_("The decision is kept; its time runs."),
        form=DecideForm,
        take=_decide,
    ),
    "cancel": CaseStep(
        title=_("Cancel the meeting"),
        done=_("The meeting is cancelled."),
        form=ReasonForm,
        take=_cancel,
    ),
}


BRING = CaseStep(
    title=_("Bring before a joint meeting"),
    done=_("It is on the agenda."),
    form=BringForm,
    take=_bring,
)


def _offered(meeting: JointMeeting, user: User) -> list[str]:
    holds = may(user, Action.HOLD_MEETINGS)
    has_open = decisions_shown(user, meeting).filter(state=DecisionState.OPEN).exists()
    is_planned, is_held = (
        meeting.state == state for state in (MeetingState.PLANNED, MeetingState.HELD)
    )
    offered = {
        "end-decision": has_open and (holds or may(user, Action.HANDLE_ORDERS)),
        "agenda": holds and is_planned,
        "hold": holds and is_planned,
        "decide": holds and is_held,
        "cancel": holds and is_planned,
    }
    return [name for name, is_offered in offered.items() if is_offered]


def _facts(meeting: JointMeeting, user: User, now: datetime) -> dict[str, object]:
    visible = matters_visible_to(user).filter(meeting=meeting)
    matters = list(visible.select_related("order__appeal", "petition"))
    is_whole = without_own_matters(meeting.cases.all()).count() == meeting.cases.count()
    is_asked = user.role not in OF_A_UNIT or meeting.members.filter(unit=user.unit_id).exists()
    asked = [matter.order_id for matter in matters if matter.order_id]
    decisions = list(decisions_shown(user, meeting))
    today = timezone.localdate(now)
    return {
        "members": list(meeting.members.select_related("unit")),
        "matters": matters,
        "orders_seen": set(
            orders_visible_to(user).filter(pk__in=asked).values_list("pk", flat=True)
        ),
        "decisions": [(one, is_overdue(one, today=today)) for one in decisions],
        "clocks_shown": clocks_of(DECISION, [one.pk for one in decisions], now=now),
        "shows_minutes": is_whole and is_asked,
    }


MEETINGS = CaseKind(
    address="meeting",
    actions=(Action.HOLD_MEETINGS, Action.OVERSEE, Action.HANDLE_ORDERS),
    visible=lambda user: meetings_visible_to(user).select_related("area", "secretary"),
    steps=STEPS,
    offered=_offered,
    facts=_facts,
    template="cases/meeting.html",
    new=CaseStep(
        title=_("Call a joint meeting"),
        done=_("The meeting is called."),
        form=CallForm,
        take=_call,
    ),
    may_make=Action.HOLD_MEETINGS,
)
