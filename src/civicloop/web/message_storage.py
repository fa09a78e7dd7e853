"""Where the line that is shown on the next page waits: in a cookie, a long one in the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookieStorage(CookieStorage):
    """A cookie that no other host of the city's domain can set, where the site speaks TLS."""

    cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class MessageStorage(FallbackStorage):
    """Django's own pair, with that cookie."""

    storage_classes = (HostCookieStorage, SessionStorage)
