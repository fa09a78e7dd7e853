"""Who works on the scripted day: one person for each role, and a clerk and a head for each unit."""

from dataclasses import dataclass, field

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.places.models import Unit

SEATS = {
    Role.OPERATOR: "operator",
    Role.DISPATCHER: "dispatcher",
    Role.REVIEWER: "reviewer",
    Role.CALLER_BACK: "caller-back",
    Role.SUPERVISOR: "supervisor",
    Role.LEADER: "leader",
    Role.MEDIATOR: "mediator",
    Role.PETITION_OFFICER: "petition-officer",
    Role.MEETING_SECRETARY: "meeting-secretary",
}


@dataclass(slots=True)
class Staff:
    """The people of the city, found or made; those made here cannot log in."""

    seats: dict[Role, User] = field(default_factory=dict)
    clerks: dict[int, User] = field(default_factory=dict)
    heads: dict[int, User] = field(default_factory=dict)

    def seat(self, role: Role) -> User:
        """Whoever sits at a desk of the centre."""
        if role not in self.seats:
            self.seats[role] = _person(SEATS[role], role, None)
        return self.seats[role]

    def clerk(self, unit: Unit) -> User:
        """The clerk of a unit."""
        if unit.pk not in self.clerks:
            known = User.objects.filter(unit=unit, role=Role.UNIT_CLERK).first()
            self.clerks[unit.pk] = known or _person(f"clerk-{unit.code}", Role.UNIT_CLERK, unit)
        return self.clerks[unit.pk]

    def head(self, unit: Unit) -> User:
        """The head of a unit."""
        if unit.pk not in self.heads:
            self.heads[unit.pk] = _person(f"head-{unit.code}", Role.UNIT_HEAD, unit)
        return self.heads[unit.pk]


def _person(name: str, role: Role, unit: Unit | None) -> User:
    user, is_new = User.objects.get_or_create(username=name, defaults={"role": role, "unit": unit})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
