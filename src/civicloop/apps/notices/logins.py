"""Who is logged in, loaded together with how many notices wait: one statement for every page."""

from django.contrib.auth.backends import ModelBackend

from civicloop.apps.accounts.models import User

# Written out: every page asks it, and building it anew takes Django three times as long.
_PERSON = (
    "SELECT accounts_user.*, (SELECT COUNT(*) FROM notices_notice"
    " WHERE notices_notice.user_id = accounts_user.id AND notices_notice.read_at IS NULL)"
    " AS unread_notices FROM accounts_user WHERE accounts_user.id = %s"
)


class LoginWithNotices(ModelBackend):
    """The usual log-in; the person comes with `unread_notices`."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, or None who may not log in any more."""
        user = next(iter(User.objects.raw(_PERSON, [user_id])), None)
        return user if user and self.user_can_authenticate(user) else None
