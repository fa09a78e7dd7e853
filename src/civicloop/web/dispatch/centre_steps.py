"""The centre's own steps on an order's page: at the desk, at dispatch, at call-back, in supervision."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.policy import Action
from civicloop.apps.dispatch.actions.accusing import Respondent, name_respondent
from civicloop.apps.dispatch.actions.call_backs import begin_call_back, hear_citizen
from civicloop.apps.dispatch.actions.closing import (
    EmergencyLine,
    RefusalReason,
    answer_on_the_spot,
    refuse_order,
    transfer_order,
    withdraw_order,
)
from civicloop.apps.dispatch.actions.dispatching import (
    dispatch_by_hand,
    escalate_order,
    pass_on,
    register_order,
    reopen_order,
)
from civicloop.apps.dispatch.actions.instructing import give_feedback, instruct
from civicloop.apps.dispatch.actions.limit_cases import choose_limit_case
from civicloop.apps.dispatch.actions.limits import (
    apply_known_statute,
    set_statute_limit,
    shorten_time,
)
from civicloop.apps.dispatch.actions.merging import part_order
from civicloop.apps.dispatch.actions.supervising import (
    answer_open_sheet,
    end_open_sheet,
    issue_sheet,
)
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.web.dispatch import centre_forms as asked
from civicloop.web.dispatch.forms import ReasonForm, SignForm
from civicloop.web.dispatch.offered import OrderStepForm, Who, by


def _register(_form: forms.Form, who: Who) -> object:
    return register_order(**by(who))


def _pass_on(_form: forms.Form, who: Who) -> object:
    return pass_on(**by(who))


def _dispatch(form: asked.DispatchForm, who: Who) -> object:
    said = form.cleaned_data
    assisting = list(said["assisting"])
    return dispatch_by_hand(lead=said["lead"], assisting=assisting, note=said["note"], **by(who))


def _answer(form: asked.AnswerForm, who: Who) -> object:
    return answer_on_the_spot(**form.cleaned_data, **by(who))


def _refuse(form: asked.RefusalForm, who: Who) -> object:
    said = form.cleaned_data
    reason = RefusalReason(said["reason"])
    return refuse_order(reason=reason, route_told=said["route_told"], **by(who))


def _transfer(form: asked.TransferForm, who: Who) -> object:
    said = form.cleaned_data
    return transfer_order(line=EmergencyLine(said["line"]), note=said["note"], **by(who))


def _withdraw(form: ReasonForm, who: Who) -> object:
    return withdraw_order(**form.cleaned_data, **by(who))


def _reopen(form: asked.NewFactForm, who: Who) -> object:
    return reopen_order(**form.cleaned_data, **by(who))


def _part(form: ReasonForm, who: Who) -> object:
    return part_order(**form.cleaned_data, **by(who))


def _escalate(form: ReasonForm, who: Who) -> object:
    return escalate_order(**form.cleaned_data, **by(who))


def _begin_call_back(_form: forms.Form, who: Who) -> object:
    return begin_call_back(**by(who))


def _call_back(form: asked.CallBackForm, who: Who) -> object:
    return hear_citizen(**form.cleaned_data, **by(who))


def _name_respondent(form: asked.RespondentForm, who: Who) -> object:
    said = form.cleaned_data
    respondent = Respondent(unit=said["unit"], name=said["name"])
    return name_respondent(respondent=respondent, reason=said["reason"], **by(who))


def _respondent_of(order: WorkOrder) -> dict[str, Any]:
    return {"unit": order.respondent_unit_id, "name": order.respondent_name}


def _shorten(form: asked.LeaderLimitForm, who: Who) -> object:
    return shorten_time(**form.cleaned_data, **by(who))


def _statute(form: asked.StatuteLimitForm, who: Who) -> object:
    said = form.cleaned_data
    is_told, key = said["is_caller_told"], said.pop("key")
    if key:
        return apply_known_statute(key=key, is_caller_told=is_told, **by(who))
    return set_statute_limit(**said, **by(who))


def _limit_case(form: asked.LimitCaseForm, who: Who) -> object:
    return choose_limit_case(**form.cleaned_data, **by(who))


def _issue(form: asked.SheetForm, who: Who) -> object:
    return issue_sheet(cause="by_hand", **form.cleaned_data, **by(who))


def _instruct(form: asked.InstructionForm, who: Who) -> object:
    return instruct(**form.cleaned_data, **by(who))


def _feedback(form: asked.FeedbackForm, who: Who) -> object:
    return give_feedback(**form.cleaned_data, **by(who))


def _reply(form: asked.SheetReplyForm, who: Who) -> object:
    return answer_open_sheet(**form.cleaned_data, **by(who))


def _end(form: asked.SheetEndForm, who: Who) -> object:
    return end_open_sheet(**form.cleaned_data, **by(who))


REGISTER, DISPATCH, CALL = Action.REGISTER_APPEAL, Action.DISPATCH_ORDERS, Action.CALL_BACK
CENTRE_STEPS: Mapping[str, OrderStepForm] = {
    "register": OrderStepForm(
        title=_("Register: it is complete"),
        done=_("Registered."),
        action=REGISTER,
        form=SignForm,
        take=_register,
    ),
    "pass_on": OrderStepForm(
        title=_("Pass on for dispatch"),
        done=_("The order waits for dispatch."),
        action=REGISTER,
        form=SignForm,
        take=_pass_on,
        key="n",
    ),
    "answer": OrderStepForm(
        title=_("Answer on the spot"),
        done=_("Answered; the order is closed."),
        action=REGISTER,
        form=asked.AnswerForm,
        take=_answer,
    ),
    "refuse": OrderStepForm(
        title=_("Do not accept"),
        done=_("Not accepted; the citizen has been told the route."),
        action=REGISTER,
        form=asked.RefusalForm,
        take=_refuse,
    ),
    "transfer": OrderStepForm(
        title=_("Put through to an emergency line"),
        done=_("Passed to the emergency line."),
        action=REGISTER,
        form=asked.TransferForm,
        take=_transfer,
    ),
    "dispatch": OrderStepForm(
        title=_("Dispatch"),
        done=_("Dispatched."),
        action=DISPATCH,
        form=asked.DispatchForm,
        take=_dispatch,
        key="1",
    ),
    "name_respondent": OrderStepForm(
        title=_("Correct whom it is about"),
        done=_("It is kept. A unit that it is about has the order no longer, and does not see it."),
        action=DISPATCH,
        form=asked.RespondentForm,
        take=_name_respondent,
        initial=_respondent_of,
    ),
    "shorten_time": OrderStepForm(
        title=_("Shorten the time: a leader's instruction"),
        done=_("The time is shortened."),
        action=DISPATCH,
        form=asked.LeaderLimitForm,
        take=_shorten,
    ),
    "statute_limit": OrderStepForm(
        title=_("Set the limit of a statute"),
        done=_("The limit of the statute holds."),
        action=DISPATCH,
        form=asked.StatuteLimitForm,
        take=_statute,
    ),
    "limit_case": OrderStepForm(
        title=_("Say that it is complex, or has another limit of the city"),
        done=_("The limit of its case holds."),
        action=DISPATCH,
        form=asked.LimitCaseForm,
        take=_limit_case,
    ),
    "part": OrderStepForm(
        title=_("Part from the main order"),
        done=_("It is an order of its own again."),
        action=DISPATCH,
        form=ReasonForm,
        take=_part,
    ),
    "begin_call_back": OrderStepForm(
        title=_("Begin the call-back"),
        done=_("The order is being called back, or closed unasked."),
        action=CALL,
        form=SignForm,
        take=_begin_call_back,
    ),
    "hear": OrderStepForm(
        title=_("Call the citizen back"),
        done=_("The call-back is kept."),
        action=CALL,
        form=asked.CallBackForm,
        take=_call_back,
        key="c",
        choice="is_reached",
    ),
    "withdraw": OrderStepForm(
        title=_("The citizen withdraws it"),
        done=_("Withdrawn."),
        action=Action.VIEW_ORDERS,
        form=ReasonForm,
        take=_withdraw,
    ),
    "reopen": OrderStepForm(
        title=_("Open it again"),
        done=_("The order waits for dispatch."),
        action=Action.VIEW_ORDERS,
        form=asked.NewFactForm,
        take=_reopen,
    ),
    "escalate": OrderStepForm(
        title=_("Escalate to a higher level"),
        done=_("The order waits for a unit of a higher level."),
        action=Action.VIEW_ORDERS,
        form=ReasonForm,
        take=_escalate,
    ),
    "supervise": OrderStepForm(
        title=_("Issue a supervision sheet"),
        done=_("The sheet is issued and the unit told."),
        action=Action.SUPERVISE,
        form=asked.SheetForm,
        take=_issue,
    ),
    "instruct": OrderStepForm(
        title=_("Instruct the unit"),
        done=_("The unit has the instruction; its three times run."),
        action=Action.INSTRUCT,
        form=asked.InstructionForm,
        take=_instruct,
    ),
    "note_instruction": OrderStepForm(
        title=_("Write a leader's instruction down"),
        done=_("The unit has the instruction; its three times run."),
        action=Action.SUPERVISE,
        form=asked.PaperInstructionForm,
        take=_instruct,
    ),
    "feedback_sheet": OrderStepForm(
        title=_("Tell how far the instruction is"),
        done=_("Whoever gave the instruction can read it."),
        action=Action.HANDLE_ORDERS,
        form=asked.FeedbackForm,
        take=_feedback,
    ),
    "reply_sheet": OrderStepForm(
        title=_("Answer the supervision sheet"),
        done=_("The supervision office can read the answer."),
        action=Action.HANDLE_ORDERS,
        form=asked.SheetReplyForm,
        take=_reply,
    ),
    "end_sheet": OrderStepForm(
        title=_("End the supervision sheet"),
        done=_("The sheet has ended."),
        action=Action.SUPERVISE,
        form=asked.SheetEndForm,
        take=_end,
        choice="is_withdrawn",
    ),
}
