"""UNDERSTAND: topics suggested, appeals joined into events, hot issues ranked."""

from civicloop.apps.issues.models.alarms import Alarm, AlarmBacktest, AlarmCheck, AlarmKind
from civicloop.apps.issues.models.classes import (
    ClassDecision,
    ClassDecisionKind,
    ClassNeighbour,
    EventClass,
    EventClassMember,
)
from civicloop.apps.issues.models.decisions import DecisionKind, EventConstraint, EventDecision
from civicloop.apps.issues.models.event_index import (
    AppealComponent,
    GramFilings,
    PairModelVersion,
    ReadAppeal,
    SimilarityBasis,
)
from civicloop.apps.issues.models.events import (
    Event,
    EventMember,
    EventRun,
    MeaningComparison,
    MembershipBasis,
    SimilarAppeal,
)
from civicloop.apps.issues.models.hot_issues import HotIssue, HotIssueList, HotScope
from civicloop.apps.issues.models.readings import AppealReading, KindModelVersion
from civicloop.apps.issues.models.replies import (
    MOSTLY_TEMPLATE,
    ReplyCheck,
    ReplyPromise,
    ReplyTemplate,
    ReplyVerdict,
)
from civicloop.apps.issues.models.topics import TopicModelVersion, TopicSuggestion

__all__ = [
    "MOSTLY_TEMPLATE",
    "Alarm",
    "AlarmBacktest",
    "AlarmCheck",
    "AlarmKind",
    "AppealComponent",
    "AppealReading",
    "ClassDecision",
    "ClassDecisionKind",
    "ClassNeighbour",
    "DecisionKind",
    "Event",
    "EventClass",
    "EventClassMember",
    "EventConstraint",
    "EventDecision",
    "EventMember",
    "EventRun",
    "GramFilings",
    "HotIssue",
    "HotIssueList",
    "HotScope",
    "KindModelVersion",
    "MeaningComparison",
    "MembershipBasis",
    "PairModelVersion",
    "ReadAppeal",
    "ReplyCheck",
    "ReplyPromise",
    "ReplyTemplate",
    "ReplyVerdict",
    "SimilarAppeal",
    "SimilarityBasis",
    "TopicModelVersion",
    "TopicSuggestion",
]
