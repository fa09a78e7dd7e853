"""DISPATCH and ACT: work orders, who handles them, what was answered and what the citizen says."""

from civicloop.apps.dispatch.models.answers import BatchItem, BatchPlan, BatchState, CitizenAnswer
from civicloop.apps.dispatch.models.board import DispatchItem, DispatchPlan, OrderPutOff
from civicloop.apps.dispatch.models.call_backs import CONTENT_FROM, CallBack, CallBackWay, Resolved
from civicloop.apps.dispatch.models.desk import DeskDraft, ParkedCall
from civicloop.apps.dispatch.models.directory import (
    DirectoryRule,
    DirectoryState,
    DirectoryVersion,
    PastHandling,
    UnitModelVersion,
)
from civicloop.apps.dispatch.models.disputes import (
    Consultation,
    ConsultationOpinion,
    Objection,
    ObjectionGround,
    Verdict,
)
from civicloop.apps.dispatch.models.extensions import ExtensionRequest, RequestState
from civicloop.apps.dispatch.models.orders import (
    BEFORE_REPLY,
    ENDED,
    CloseType,
    DispatchBasis,
    OrderCopy,
    OrderLimitCase,
    OrderParty,
    OrderState,
    OrderStep,
    PartyRole,
    WorkOrder,
)
from civicloop.apps.dispatch.models.public_cases import Follower, PublicCase, PublicState
from civicloop.apps.dispatch.models.replies import (
    ContactAttempt,
    Evidence,
    FailReason,
    OrderPresence,
    Reply,
    ReplyClaim,
    Review,
    StepDraft,
)
from civicloop.apps.dispatch.models.supervision import (
    FeedbackStage,
    SheetCause,
    SheetFeedback,
    SheetState,
    SupervisionSheet,
)
from civicloop.apps.intake.models import Urgency

__all__ = [
    "BEFORE_REPLY",
    "CONTENT_FROM",
    "ENDED",
    "BatchItem",
    "BatchPlan",
    "BatchState",
    "CallBack",
    "CallBackWay",
    "CitizenAnswer",
    "CloseType",
    "Consultation",
    "ConsultationOpinion",
    "ContactAttempt",
    "DeskDraft",
    "DirectoryRule",
    "DirectoryState",
    "DirectoryVersion",
    "DispatchBasis",
    "DispatchItem",
    "DispatchPlan",
    "Evidence",
    "ExtensionRequest",
    "FailReason",
    "FeedbackStage",
    "Follower",
    "Objection",
    "ObjectionGround",
    "OrderCopy",
    "OrderLimitCase",
    "OrderParty",
    "OrderPresence",
    "OrderPutOff",
    "OrderState",
    "OrderStep",
    "ParkedCall",
    "PartyRole",
    "PastHandling",
    "PublicCase",
    "PublicState",
    "Reply",
    "ReplyClaim",
    "RequestState",
    "Resolved",
    "Review",
    "SheetCause",
    "SheetFeedback",
    "SheetState",
    "StepDraft",
    "SupervisionSheet",
    "UnitModelVersion",
    "Urgency",
    "Verdict",
    "WorkOrder",
]
