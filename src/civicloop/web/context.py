"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest

from civicloop.apps.accounts.policy import Action, may

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
    "class_list": "events",
    "event_class": "events",
    "reply_list": "replies",
    "import_list": "imports",
    "import_run": "imports",
}


def site(request: HttpRequest) -> dict[str, object]:
    """The installation's mode, the part of the site and what this user may do."""
    match = request.resolver_match
    return {
        "is_demo": settings.DEMO,
        "section": SECTIONS.get(match.url_name or "", "") if match else "",
        "may": {action.value: may(request.user, action) for action in Action},
    }
