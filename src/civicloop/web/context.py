"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest

from civicloop.apps.accounts.policy import Action, may


def site(request: HttpRequest) -> dict[str, object]:
    """The installation's mode and what this user may do."""
    return {
        "is_demo": settings.DEMO,
        "may": {action.value: may(request.user, action) for action in Action},
    }
