"""Who may do what: the one table that every view and action asks."""

from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from civicloop.apps.accounts.models import Role, User


class Action(StrEnum):
    VIEW_APPEALS = "view_appeals"
    IMPORT_APPEALS = "import_appeals"
    SETTLE_TOPIC = "settle_topic"
    EDIT_EVENTS = "edit_events"
    PUBLISH_CASES = "publish_cases"  # show an event to everybody, in words of its own
    EXPORT = "export"
    RUN_BACKTEST = "run_backtest"  # minutes of calculation in a large city
    VIEW_HISTORY = "view_history"
    READ_NOTICES = "read_notices"  # one's own; the demo's guest is nobody in particular
    WATCH_JOBS = "watch_jobs"  # and try failed ones again
    CHOOSE_MODEL = "choose_model"  # which version of the topic model is in use
    VIEW_ARTICLES = "view_articles"  # of the knowledge base, internal ones too
    WRITE_ARTICLES = "write_articles"
    APPROVE_ARTICLES = "approve_articles"  # what another wrote
    REGISTER_APPEAL = "register_appeal"
    SEE_CONTACTS = "see_contacts"  # name and telephone of a citizen, for a reason that is recorded
    DECIDE_NUISANCE = "decide_nuisance"  # whether a caller's mark holds, proposed by another
    ALLOW_LOOKS = "allow_looks"  # at the contact of a report or a confidential appeal, by another
    VIEW_ORDERS = "view_orders"  # which ones: apps/dispatch/visibility.py
    DISPATCH_ORDERS = "dispatch_orders"  # dispatch, merge, decide objections, consult
    HANDLE_ORDERS = "handle_orders"  # sign for, object, contact, reply: the own unit's
    ANSWER_FOR_UNIT = "answer_for_unit"  # ask for more time, sign a final reply
    REVIEW_REPLIES = "review_replies"
    CALL_BACK = "call_back"
    SUPERVISE = "supervise"  # issue sheets, escalate
    INSTRUCT = "instruct"  # a leader's instruction about an order; supervisors write one down
    OVERSEE = "oversee"  # look at what is late, bounced and supervised in the whole city
    VIEW_DIRECTORY = "view_directory"  # which unit answers for what
    EDIT_DIRECTORY = "edit_directory"
    APPROVE_DIRECTORY = "approve_directory"  # what another wrote
    VIEW_FIGURES = "view_figures"
    VIEW_AIR = "view_air"  # of whole cities: nothing of anybody
    VIEW_INDICATORS = "view_indicators"  # and what lies behind them, as far as the reader sees it
    SEE_SMALL_COUNTS = "see_small_counts"  # counts of so few that somebody may be known by them
    RECORD_OBSERVATIONS = "record_observations"  # what sources state; nothing is overwritten
    EDIT_GOALS = "edit_goals"  # the next version of a tree of goals
    HOLD_MEETINGS = "hold_meetings"
    MEDIATE = "mediate"
    VIEW_CALENDAR = "view_calendar"  # worked days and limits: everybody who has some to keep
    EDIT_CALENDAR = "edit_calendar"
    HANDLE_PETITIONS = "handle_petitions"
    MANAGE_ACCOUNTS = "manage_accounts"  # who works here, in which role; never one's own
    MANAGE_KEYS = "manage_keys"  # which programs of channels may send appeals
    VIEW_AUDIT = "view_audit"  # who did and saw what; not the words themselves


READING = frozenset(
    {
        Action.VIEW_AIR,
        Action.VIEW_APPEALS,
        Action.VIEW_INDICATORS,
        Action.VIEW_ARTICLES,
        Action.VIEW_CALENDAR,
        Action.VIEW_DIRECTORY,
        Action.EXPORT,
    }
)
HANDLING = READING | {
    Action.READ_NOTICES,
    Action.RUN_BACKTEST,
    Action.SETTLE_TOPIC,
    Action.VIEW_HISTORY,
    Action.WRITE_ARTICLES,
    Action.VIEW_ORDERS,
}
DISPATCHING = HANDLING | {
    Action.EDIT_EVENTS,
    Action.PUBLISH_CASES,
    Action.IMPORT_APPEALS,
    Action.REGISTER_APPEAL,
    Action.SEE_CONTACTS,
    Action.DISPATCH_ORDERS,
    Action.EDIT_DIRECTORY,
    Action.REVIEW_REPLIES,
    Action.CALL_BACK,
    Action.VIEW_FIGURES,
    Action.SEE_SMALL_COUNTS,
}
OF_UNIT = frozenset(
    {
        Action.HANDLE_ORDERS,
        Action.READ_NOTICES,
        Action.VIEW_AIR,
        Action.VIEW_ARTICLES,
        Action.VIEW_CALENDAR,
        Action.VIEW_DIRECTORY,
        Action.VIEW_INDICATORS,
        Action.VIEW_ORDERS,
    }
)
OVERSEEING = READING | {
    Action.READ_NOTICES,
    Action.VIEW_ORDERS,
    Action.VIEW_HISTORY,
    Action.VIEW_FIGURES,
    Action.SEE_SMALL_COUNTS,
}
ALLOWED: dict[str, frozenset[Action]] = {
    Role.GUEST: READING,
    Role.OPERATOR: HANDLING | {Action.REGISTER_APPEAL, Action.SEE_CONTACTS},
    Role.DISPATCHER: DISPATCHING,
    Role.REVIEWER: HANDLING | {Action.REVIEW_REPLIES},
    Role.CALLER_BACK: HANDLING | {Action.CALL_BACK, Action.SEE_CONTACTS},
    Role.UNIT_CLERK: OF_UNIT,
    Role.UNIT_HEAD: OF_UNIT | {Action.ANSWER_FOR_UNIT, Action.VIEW_FIGURES},
    Role.MEDIATOR: frozenset(
        {Action.READ_NOTICES, Action.VIEW_CALENDAR, Action.VIEW_ORDERS, Action.MEDIATE}
    ),
    Role.PETITION_OFFICER: OVERSEEING | {Action.HANDLE_PETITIONS, Action.MEDIATE},
    Role.MEETING_SECRETARY: OVERSEEING | {Action.HOLD_MEETINGS},
    Role.SUPERVISOR: OVERSEEING
    | {
        Action.ALLOW_LOOKS,
        Action.APPROVE_ARTICLES,
        Action.DECIDE_NUISANCE,
        Action.APPROVE_DIRECTORY,
        Action.CHOOSE_MODEL,
        Action.EDIT_GOALS,
        Action.RECORD_OBSERVATIONS,
        Action.RUN_BACKTEST,
        Action.EDIT_EVENTS,
        Action.PUBLISH_CASES,
        Action.SUPERVISE,
        Action.INSTRUCT,
        Action.OVERSEE,
        Action.HOLD_MEETINGS,
    },
    Role.LEADER: OVERSEEING | {Action.OVERSEE, Action.INSTRUCT},
    # The three that run the installation see nothing of a citizen (GB/T 22239-2019, 8.1.5).
    Role.SYSTEM_ADMIN: frozenset(
        {Action.READ_NOTICES, Action.VIEW_CALENDAR, Action.EDIT_CALENDAR, Action.WATCH_JOBS}
    ),
    Role.SECURITY_ADMIN: frozenset(
        {Action.READ_NOTICES, Action.MANAGE_ACCOUNTS, Action.MANAGE_KEYS}
    ),
    Role.AUDIT_ADMIN: frozenset({Action.READ_NOTICES, Action.VIEW_AUDIT}),
}


NEEDS_SECOND_FACTOR = frozenset(
    {
        Action.SEE_CONTACTS,
        Action.ALLOW_LOOKS,
        Action.APPROVE_DIRECTORY,
        Action.CHOOSE_MODEL,
        Action.HANDLE_PETITIONS,
        Action.WATCH_JOBS,
        Action.MANAGE_ACCOUNTS,
        Action.MANAGE_KEYS,
        Action.VIEW_AUDIT,
    }
)


def needs_second_factor(user: User) -> bool:
    """Whether a password alone is too little for what the user may do, or for anybody here."""
    is_for_all = settings.SECOND_FACTOR == "everybody"
    return is_for_all or bool(ALLOWED.get(user.role, frozenset()) & NEEDS_SECOND_FACTOR)


def roles_with(action: Action) -> frozenset[str]:
    """The roles that may do this."""
    return frozenset(role for role, actions in ALLOWED.items() if action in actions)


def may(user: User | AnonymousUser, action: Action) -> bool:
    """Whether the user may do this; nobody who is not logged in may do anything."""
    return action in allowed_to(user)


def allowed_to(user: User | AnonymousUser) -> frozenset[Action]:
    """Everything that the user may do.

    Counts of a few people would tell whoever belongs to a unit of the reports about it, which the lists leave out.
    """
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    allowed = ALLOWED.get(user.role, frozenset())
    return allowed - {Action.SEE_SMALL_COUNTS} if user.unit_id else allowed


def require(user: User | AnonymousUser, action: Action) -> None:
    """Refuse the request unless the user may do this."""
    if not may(user, action):
        raise PermissionDenied
