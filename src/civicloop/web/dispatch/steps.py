"""The steps that an order's page offers: their words, their key, their form and their action."""

from collections.abc import Mapping
from dataclasses import replace
from typing import IO

from django import forms
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.policy import Action
from civicloop.apps.clocks.models import PauseReason
from civicloop.apps.dispatch.actions.consulting import (
    call_consultation,
    conclude_consultation,
    give_opinion,
)
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.actions.evidence import add_evidence, read_evidence
from civicloop.apps.dispatch.actions.extending import ask_for_more_time, decide_extension
from civicloop.apps.dispatch.actions.handling import (
    begin_handling,
    record_contact,
    sign_order,
    write_to_parties,
)
from civicloop.apps.dispatch.actions.objecting import (
    Grounds,
    decide_objection,
    object_to_order,
    withdraw_objection,
)
from civicloop.apps.dispatch.actions.replying import (
    decide_final_reply,
    reply_to_order,
    sign_final_reply,
)
from civicloop.apps.dispatch.actions.reviewing import fail_reply, pass_reply
from civicloop.apps.dispatch.actions.suspending import resume_order, suspend_order
from civicloop.apps.dispatch.models import FailReason, ObjectionGround
from civicloop.web.dispatch import forms as asked
from civicloop.web.dispatch.centre_steps import CENTRE_STEPS
from civicloop.web.dispatch.offered import OrderStepForm, Who, by


def _sign(_form: forms.Form, who: Who) -> object:
    return sign_order(**by(who))


def _contact(form: asked.ContactForm, who: Who) -> object:
    return record_contact(**form.cleaned_data, **by(who))


def _begin(form: asked.ReasonForm, who: Who) -> object:
    return begin_handling(**form.cleaned_data, **by(who))


def _message(form: asked.MessageForm, who: Who) -> object:
    return write_to_parties(**form.cleaned_data, **by(who))


def _reply(form: asked.ReplyForm, who: Who) -> object:
    return reply_to_order(reply=form.reply(), **by(who))


def _final(form: asked.ReplyForm, who: Who) -> object:
    return sign_final_reply(reply=form.reply(), **by(who))


def _evidence(_form: asked.EvidenceForm, _who: Who) -> object:
    return None  # the picture is kept before the step is taken


def _object(form: asked.ObjectionForm, who: Who) -> object:
    said = form.cleaned_data
    grounds = Grounds(
        ground=ObjectionGround(said["ground"]),
        statement=said["statement"],
        legal_basis=said["legal_basis"],
        suggested_unit=said["suggested_unit"],
    )
    return object_to_order(grounds=grounds, **by(who))


def _withdraw(_form: forms.Form, who: Who) -> object:
    return withdraw_objection(**by(who))


def _decide(form: asked.DecisionForm, who: Who) -> object:
    return decide_objection(**form.cleaned_data, **by(who))


def _review(form: asked.ReviewForm, who: Who) -> object:
    said = form.cleaned_data
    if said["is_passed"]:
        return pass_reply(note=said["note"], **by(who))
    reasons = [FailReason(reason) for reason in said["reasons"]]
    return fail_reply(reasons=reasons, note=said["note"], **by(who))


def _decide_final(form: asked.FinalDecisionForm, who: Who) -> object:
    return decide_final_reply(**form.cleaned_data, **by(who))


def _consult(form: asked.ConsultationForm, who: Who) -> object:
    said = form.cleaned_data
    return call_consultation(units=list(said["units"]), question=said["question"], **by(who))


def _opinion(form: asked.OpinionForm, who: Who) -> object:
    return give_opinion(**form.cleaned_data, **by(who))


def _conclude(form: asked.ConclusionForm, who: Who) -> object:
    return conclude_consultation(**form.cleaned_data, **by(who))


def _redispatch(form: asked.ReasonForm, who: Who) -> object:
    return redispatch_order(**form.cleaned_data, **by(who))


def _ask_extension(form: asked.ExtensionForm, who: Who) -> object:
    return ask_for_more_time(**form.cleaned_data, **by(who))


def _decide_extension(form: asked.ExtensionDecisionForm, who: Who) -> object:
    return decide_extension(**form.cleaned_data, **by(who))


def _suspend(form: asked.SuspensionForm, who: Who) -> object:
    said = form.cleaned_data
    return suspend_order(cause=PauseReason(said["cause"]), evidence=said["evidence"], **by(who))


def _resume(form: asked.NoteForm, who: Who) -> object:
    return resume_order(**form.cleaned_data, **by(who))


def keep_picture(file: IO[bytes] | None, who: Who) -> Who:
    """Keep a picture or paper sent along; gives who has now seen the order with it."""
    if file is None:
        return who
    added = add_evidence(
        order_id=who.order_id,
        kept=read_evidence(file),
        name=file.name or "",
        actor=who.actor,
        now=who.now,
        seen_version=who.seen_version,
    )
    seen = who.seen_version and added.order.version
    return replace(who, seen_version=seen)


HANDLE, DISPATCH, REVIEW = Action.HANDLE_ORDERS, Action.DISPATCH_ORDERS, Action.REVIEW_REPLIES
STEPS: Mapping[str, OrderStepForm] = {
    "sign": OrderStepForm(
        title=_("Sign for the order"),
        done=_("Signed for. Next: talk to the citizen."),
        action=HANDLE,
        form=asked.SignForm,
        take=_sign,
        key="s",
    ),
    "contact": OrderStepForm(
        title=_("Talk to the citizen"),
        done=_("The contact is written down."),
        action=HANDLE,
        form=asked.ContactForm,
        take=_contact,
        key="t",
        choice="is_reached",
    ),
    "begin": OrderStepForm(
        title=_("Begin without a talk"),
        done=_("The handling has begun."),
        action=HANDLE,
        form=asked.ReasonForm,
        take=_begin,
    ),
    "reply": OrderStepForm(
        title=_("Reply"),
        done=_("The reply is sent."),
        action=HANDLE,
        form=asked.ReplyForm,
        take=_reply,
        key="r",
        is_checked=True,
    ),
    "evidence": OrderStepForm(
        title=_("Add a picture or a PDF"),
        done=_("It is kept as evidence."),
        action=HANDLE,
        form=asked.EvidenceForm,
        take=_evidence,
        key="p",
    ),
    "message": OrderStepForm(
        title=_("Write to the other units"),
        done=_("The other units can read it."),
        action=HANDLE,
        form=asked.MessageForm,
        take=_message,
    ),
    "object": OrderStepForm(
        title=_("Object: not for us"),
        done=_("The objection waits for the centre."),
        action=HANDLE,
        form=asked.ObjectionForm,
        take=_object,
        key="b",
    ),
    "withdraw_objection": OrderStepForm(
        title=_("Withdraw the objection"),
        done=_("The objection is withdrawn; sign for the order."),
        action=HANDLE,
        form=asked.SignForm,
        take=_withdraw,
    ),
    "sign_final": OrderStepForm(
        title=_("Sign a final reply"),
        done=_("The final reply waits for the centre."),
        action=Action.ANSWER_FOR_UNIT,
        form=asked.ReplyForm,
        take=_final,
        is_checked=True,
    ),
    "give_opinion": OrderStepForm(
        title=_("Give your opinion"),
        done=_("The centre can read your opinion."),
        action=HANDLE,
        form=asked.OpinionForm,
        take=_opinion,
        choice="is_ours",
    ),
    "decide_objection": OrderStepForm(
        title=_("Decide the objection"),
        done=_("The objection is decided."),
        action=DISPATCH,
        form=asked.DecisionForm,
        take=_decide,
        key="d",
        choice="is_upheld",
    ),
    "review": OrderStepForm(
        title=_("Review the reply"),
        done=_("The review is kept."),
        action=REVIEW,
        form=asked.ReviewForm,
        take=_review,
        key="v",
        choice="is_passed",
    ),
    "decide_final": OrderStepForm(
        title=_("Decide the final reply"),
        done=_("The decision is kept."),
        action=DISPATCH,
        form=asked.FinalDecisionForm,
        take=_decide_final,
        key="f",
        choice="is_approved",
    ),
    "consult": OrderStepForm(
        title=_("Consult units first"),
        done=_("The units are asked."),
        action=DISPATCH,
        form=asked.ConsultationForm,
        take=_consult,
    ),
    "conclude": OrderStepForm(
        title=_("Conclude the consultation"),
        done=_("The order waits for dispatch."),
        action=DISPATCH,
        form=asked.ConclusionForm,
        take=_conclude,
    ),
    "redispatch": OrderStepForm(
        title=_("Take it from the unit"),
        done=_("The order waits for dispatch."),
        action=DISPATCH,
        form=asked.ReasonForm,
        take=_redispatch,
    ),
    "ask_extension": OrderStepForm(
        title=_("Ask for more time"),
        done=_("The request waits for the centre."),
        action=Action.ANSWER_FOR_UNIT,
        form=asked.ExtensionForm,
        take=_ask_extension,
        key="l",
    ),
    "decide_extension": OrderStepForm(
        title=_("Decide the request for more time"),
        done=_("The request is decided."),
        action=DISPATCH,
        form=asked.ExtensionDecisionForm,
        take=_decide_extension,
        key="l",
        choice="is_granted",
    ),
    "suspend": OrderStepForm(
        title=_("Suspend the order"),
        done=_("The order rests; its time stands."),
        action=DISPATCH,
        form=asked.SuspensionForm,
        take=_suspend,
    ),
    "resume": OrderStepForm(
        title=_("Resume the order"),
        done=_("The order is handled on."),
        action=DISPATCH,
        form=asked.NoteForm,
        take=_resume,
    ),
    **CENTRE_STEPS,
}
