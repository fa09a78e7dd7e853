"""What every page knows."""

from functools import partial

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, allowed_to, may
from civicloop.apps.accounts.single_sign_on import is_offered
from civicloop.apps.notices.queries import COUNTED_TO, unread_count
from civicloop.web.accounts.middleware import SEEN, time_left
from civicloop.web.requests import page_of

SECTIONS = {
    "home": "home",
    "hot_issues": "hot_issues",
    "alarm_list": "hot_issues",
    "alarm": "hot_issues",
    "backtest": "hot_issues",
    "topic_model": "appeals",
    "appeal_list": "appeals",
    "appeal": "appeals",
    "event_list": "events",
    "event": "events",
    "merge": "events",
    "publish": "events",
    "case_list": "events",
    "class_list": "events",
    "event_class": "events",
    "reply_list": "replies",
    **dict.fromkeys(
        ("article_list", "article", "new_article", "edit_article", "import_articles", "suggest"),
        "knowledge",
    ),
    "review_queue": "knowledge",
    "knowledge_report": "knowledge",
    "knowledge_report_rows": "knowledge",
    "new": "desk",
    "board": "board",
    "accept": "board",
    "plan": "board",
    "inbox": "orders",
    "sign_many": "orders",
    "order": "orders",
    **dict.fromkeys(("plan_list", "new_plan", "plan", "own_answer"), "orders"),
    "merge_orders": "events",
    "oversight": "oversight",
    **dict.fromkeys(
        (
            "open_cases",
            "new_committee",
            "choose_meeting",
            *(
                f"{kind}{page}"
                for kind in ("meeting", "reception", "mediation", "petition")
                for page in ("", "_list", "_step")
            ),
            *(f"new_{kind}" for kind in ("meeting", "reception", "mediation", "petition")),
        ),
        "cases",
    ),
    **dict.fromkeys(("people", "new_account", "account", "renew_password"), "people"),
    **dict.fromkeys(("programs", "new_program", "revoke"), "programs"),
    "events": "audit",
    "figures": "figures",
    "figure": "figures",
    "figure_orders": "figures",
    "air": "air",
    "air_day": "air",
    "compare": "air",
    **dict.fromkeys(
        ("indicator_board", "indicator", "indicator_figure", "goals", "goal_step", "observations"),
        "indicators",
    ),
    "directory": "directory",
    "directory_backtest": "directory",
    "directory_proposals": "directory",
    "directory_version": "directory",
    "directory_rule": "directory",
    "new_directory_rule": "directory",
    "import_list": "imports",
    "import_run": "imports",
    "overview": "jobs",
}


def site(request: HttpRequest) -> dict[str, object]:
    """The installation's mode, the part of the site and what this user may do."""
    match = request.resolver_match
    # A request that is refused before anybody asked who sent it has no user: a foreign host's.
    user = getattr(request, "user", None) or AnonymousUser()
    allowed = allowed_to(user)
    return {
        "is_demo": settings.DEMO,
        "has_single_sign_on": is_offered(),
        "page_address": page_of(request),
        "section": SECTIONS.get(match.url_name or "", "") if match else "",
        "may": {action.value: action in allowed for action in Action},
        "unread_count": SimpleLazyObject(partial(_unread_count, user)),
        "session_seconds": _session_seconds(request, user),
    }


def _session_seconds(request: HttpRequest, user: User | AnonymousUser) -> int:
    """How long the page may stay open; 0 for whom there is no session of their own."""
    if not isinstance(user, User) or user.role == Role.GUEST or SEEN not in request.session:
        return 0
    return int(time_left(request.session, timezone.now()).total_seconds())


def _unread_count(user: User | AnonymousUser) -> int:
    """Loaded with the person of the session; counted for one who came by another way."""
    if not isinstance(user, User) or not may(user, Action.READ_NOTICES):
        return 0
    loaded: int | None = getattr(user, "unread_notices", None)
    return unread_count(user) if loaded is None else min(loaded, COUNTED_TO)
