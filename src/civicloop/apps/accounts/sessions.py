"""Sessions in the database, as Django keeps them; each is found by a statement written out."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

# Every page asks it, and building it anew takes Django four times as long.
_SESSION = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Django's, but for how a session is found."""

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.raw(_SESSION, [self.session_key, timezone.now()])
        session = next(iter(found), None)
        if session is None:
            self._session_key = None
        return session
