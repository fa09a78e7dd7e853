"""Who is logged in, loaded together with how many notices wait: one statement for every page."""

from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from civicloop.apps.accounts.models import User
from civicloop.apps.notices.models import Notice


class LoginWithNotices(ModelBackend):
    """The usual log-in; the person comes with `unread_notices`."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, or None who may not log in any more."""
        unread = Notice.objects.filter(user=OuterRef("pk"), read_at=None).order_by()
        counted = Subquery(unread.values("user").annotate(n=Count("pk")).values("n"))
        people = User.objects.annotate(unread_notices=Coalesce(counted, 0))
        user = people.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
