"""Who may do what: the one table that every view and action asks."""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from civicloop.apps.accounts.models import Role, User


class Action(StrEnum):
    VIEW_APPEALS = "view_appeals"
    VIEW_ORIGINAL_ROW = "view_original_row"  # may hold a citizen's name or number
    IMPORT_APPEALS = "import_appeals"
    SETTLE_TOPIC = "settle_topic"
    EDIT_EVENTS = "edit_events"
    EXPORT = "export"
    RUN_BACKTEST = "run_backtest"  # minutes of calculation in a large city
    VIEW_HISTORY = "view_history"
    CHOOSE_MODEL = "choose_model"  # which version of the topic model is in use
    VIEW_ARTICLES = "view_articles"  # of the knowledge base, internal ones too
    WRITE_ARTICLES = "write_articles"
    APPROVE_ARTICLES = "approve_articles"  # what another wrote


READING = frozenset({Action.VIEW_APPEALS, Action.VIEW_ARTICLES, Action.EXPORT})
HANDLING = READING | {
    Action.RUN_BACKTEST,
    Action.SETTLE_TOPIC,
    Action.VIEW_HISTORY,
    Action.VIEW_ORIGINAL_ROW,
    Action.WRITE_ARTICLES,
}
ALLOWED: dict[str, frozenset[Action]] = {
    Role.GUEST: READING,
    Role.OPERATOR: HANDLING,
    Role.DISPATCHER: HANDLING | {Action.EDIT_EVENTS, Action.IMPORT_APPEALS},
    Role.SUPERVISOR: READING
    | {
        Action.APPROVE_ARTICLES,
        Action.CHOOSE_MODEL,
        Action.EDIT_EVENTS,
        Action.RUN_BACKTEST,
        Action.VIEW_HISTORY,
    },
    Role.ADMINISTRATOR: frozenset(Action),
}


def may(user: User | AnonymousUser, action: Action) -> bool:
    """Whether the user may do this; nobody who is not logged in may do anything."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return action in ALLOWED.get(user.role, frozenset())


def require(user: User | AnonymousUser, action: Action) -> None:
    """Refuse the request unless the user may do this."""
    if not may(user, action):
        raise PermissionDenied
