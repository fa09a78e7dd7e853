from civicloop.apps.accounts.models import Role, User

DEMO_GUEST = "guest"


def demo_guest() -> User | None:
    """The account under which visitors of the demo look around."""
    return User.objects.filter(username=DEMO_GUEST, role=Role.GUEST, is_active=True).first()
