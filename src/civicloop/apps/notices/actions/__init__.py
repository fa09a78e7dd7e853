from civicloop.apps.notices.actions.notifying import ForeignLinkError, notify
from civicloop.apps.notices.actions.preferences import set_preference
from civicloop.apps.notices.actions.reading import mark_all_read, mark_read, mark_unread

__all__ = [
    "ForeignLinkError",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "notify",
    "set_preference",
]
