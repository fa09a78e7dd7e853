"""What a work order alone does not settle: joint meetings, receptions, mediation, petitions."""

from civicloop.apps.cases.models.mediation import (
    Agreement,
    Committee,
    CommitteeKind,
    MediationCase,
    MediationState,
)
from civicloop.apps.cases.models.meetings import (
    DecisionState,
    JointMeeting,
    MeetingCase,
    MeetingDecision,
    MeetingMember,
    MeetingState,
)
from civicloop.apps.cases.models.petitions import (
    HandOver,
    PetitionCase,
    PetitionCategory,
    PetitionStage,
    PetitionVerdict,
    Recusal,
    StageLevel,
)
from civicloop.apps.cases.models.receptions import (
    Reception,
    ReceptionCase,
    ReceptionState,
    ReceptionSwap,
)

__all__ = [
    "Agreement",
    "Committee",
    "CommitteeKind",
    "DecisionState",
    "HandOver",
    "JointMeeting",
    "MediationCase",
    "MediationState",
    "MeetingCase",
    "MeetingDecision",
    "MeetingMember",
    "MeetingState",
    "PetitionCase",
    "PetitionCategory",
    "PetitionStage",
    "PetitionVerdict",
    "Reception",
    "ReceptionCase",
    "ReceptionState",
    "ReceptionSwap",
    "Recusal",
    "StageLevel",
]
