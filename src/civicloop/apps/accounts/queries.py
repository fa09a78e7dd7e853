from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.apps.accounts.models import Role, User

DEMO_GUEST = "guest"


def demo_guest() -> User | None:
    """The account under which visitors of the demo look around."""
    return User.objects.filter(username=DEMO_GUEST, role=Role.GUEST, is_active=True).first()


def accounts(*, words: str = "", role: str = "") -> QuerySet[User]:
    """Who works here, by name; each with whether there is a second factor."""
    factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    staff = User.objects.select_related("unit").annotate(has_factor=Exists(factor))
    if words:
        staff = staff.filter(
            Q(username__icontains=words) | Q(first_name__icontains=words)
            | Q(last_name__icontains=words) | Q(unit__name__icontains=words)
        )  # fmt: skip
    return (staff.filter(role=role) if role else staff).order_by("username")
