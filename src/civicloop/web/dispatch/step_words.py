"""The history of an order in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.clocks.models import PauseReason
from civicloop.apps.dispatch.models import FailReason, ObjectionGround, OrderStep, ReplyClaim

STEP_WORDS: Mapping[str, Promise] = {
    "open": gettext_lazy("Order opened"),
    "register": gettext_lazy("Registered"),
    "ask_for_more": gettext_lazy("More was asked for"),
    "pass_on": gettext_lazy("Passed on for dispatch"),
    "answer": gettext_lazy("Answered on the spot"),
    "refuse": gettext_lazy("Not accepted"),
    "transfer": gettext_lazy("Passed to an emergency line"),
    "merge": gettext_lazy("Merged into another order"),
    "part": gettext_lazy("Parted from its main order"),
    "end_with_master": gettext_lazy("Ended with its main order"),
    "put_off": gettext_lazy("Put off by the dispatcher"),
    "bring_back": gettext_lazy("Brought back to the board"),
    "consult": gettext_lazy("Units consulted"),
    "give_opinion": gettext_lazy("Opinion given"),
    "conclude": gettext_lazy("Consultation concluded"),
    "route": gettext_lazy("Unit looked for: a person chooses"),
    "dispatch": gettext_lazy("Dispatched"),
    "object": gettext_lazy("Objection raised"),
    "uphold_objection": gettext_lazy("Objection upheld"),
    "reject_objection": gettext_lazy("Objection rejected, unit designated"),
    "withdraw_objection": gettext_lazy("Objection withdrawn"),
    "escalate": gettext_lazy("Escalated to a higher level"),
    "redispatch": gettext_lazy("Taken from the unit"),
    "name_respondent": gettext_lazy("Whom it is about was corrected"),
    "take_from_accused": gettext_lazy("Taken from the unit that it is about"),
    "sign": gettext_lazy("Signed for"),
    "sign_part": gettext_lazy("Signed for by an assisting unit"),
    "contact": gettext_lazy("Contact with the citizen"),
    "begin": gettext_lazy("Handling begun"),
    "message": gettext_lazy("Message between the units"),
    "ask_extension": gettext_lazy("More time asked for"),
    "grant_extension": gettext_lazy("More time granted"),
    "refuse_extension": gettext_lazy("More time refused"),
    "shorten_time": gettext_lazy("Time shortened by a leader"),
    "limit_case": gettext_lazy("Case of limits chosen"),
    "statute_limit": gettext_lazy("Limit of a statute set"),
    "recount": gettext_lazy("Time counted anew by the changed calendar"),
    "suspend": gettext_lazy("Suspended"),
    "resume": gettext_lazy("Resumed"),
    "add_evidence": gettext_lazy("Evidence added"),
    "remove_evidence": gettext_lazy("Evidence removed"),
    "reply": gettext_lazy("Replied"),
    "reply_part": gettext_lazy("Reply of an assisting unit"),
    "pass_review": gettext_lazy("Reply passed, citizen told"),
    "fail_review": gettext_lazy("Reply sent back"),
    "sign_final_reply": gettext_lazy("Final reply signed"),
    "refuse_final_reply": gettext_lazy("Final reply sent back"),
    "reply_finally": gettext_lazy("Final reply approved"),
    "answer_by_plan": gettext_lazy("Answered by a plan for many"),
    "call_back": gettext_lazy("Call-back begun"),
    "close": gettext_lazy("Closed"),
    "close_unasked": gettext_lazy("Closed without a call-back"),
    "redo": gettext_lazy("To be handled again"),
    "take_up": gettext_lazy("Taken up again"),
    "withdraw": gettext_lazy("Withdrawn by the citizen"),
    "reopen": gettext_lazy("Opened again"),
    "archive": gettext_lazy("Archived"),
    "divide": gettext_lazy("One problem given an order of its own"),
    "split": gettext_lazy("Complaint cut out of the report"),
    "supervise": gettext_lazy("Supervision sheet issued"),
    "instruct": gettext_lazy("Instruction of a leader"),
    "sheet_feedback": gettext_lazy("Feedback on the instruction"),
    "sheet_replied": gettext_lazy("Supervision sheet answered"),
    "sheet_ended": gettext_lazy("Supervision sheet ended"),
    "sheet_withdrawn": gettext_lazy("Supervision sheet withdrawn"),
    "joined": gettext_lazy("Other orders merged into this one"),
    "meeting_agenda": gettext_lazy("Brought before a joint meeting"),
    "meeting_decision": gettext_lazy("Decision of a joint meeting"),
}
REASON_WORDS: Mapping[str, str | Promise] = {
    **{str(reason.value): reason.label for reason in FailReason},
    **{str(ground.value): ground.label for ground in ObjectionGround},
    **{str(claim.value): claim.label for claim in ReplyClaim},
    **{str(cause.value): cause.label for cause in PauseReason},
    "same_event": gettext_lazy("one matter"),
}


class StepWords(NamedTuple):
    """One step: what, who, when, and what was said."""

    step: OrderStep
    words: str
    who: str
    at: datetime
    reason: str


def step_words(step: OrderStep) -> StepWords:
    """A step in words; one that has no words yet is named by its code."""
    words = str(STEP_WORDS.get(step.name, step.name))
    if step.name == "contact":
        words = _("Citizen reached") if step.details.get("reached") else _("Citizen not reached")
    reason = str(REASON_WORDS.get(step.reason, "")) if step.reason else ""
    return StepWords(step=step, words=words, who=_who(step), at=step.at, reason=reason)


def _who(step: OrderStep) -> str:
    if step.actor is None:
        return _("the platform")
    name = step.actor.get_full_name() or step.actor.username
    return f"{step.unit} · {name}" if step.unit else name
