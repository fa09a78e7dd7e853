from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.actions import create_user
from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.command import ExplainedCommand
from civicloop.apps.places.models import Unit

EXAMPLES = """examples:
  civicloop create-user li.na
  civicloop create-user wang.wei --role dispatcher
  civicloop create-user zhao.min --role unit_clerk --unit U017          clerk of the unit with this code
  civicloop create-user sun.yi --role supervisor --unit U017            supervises, and finds nothing that reports this unit

What each role may do: docs/reference/roles.md
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Make an account for a member of staff; asks for the password.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("the name to log in with"))
        roles = [role for role in Role if role != Role.GUEST]
        parser.add_argument(
            "--role",
            choices=[role.value for role in roles],
            metavar="ROLE",
            default=Role.OPERATOR.value,
            help=_("; ").join(f"{role.value} ({role.label})" for role in roles),
        )
        parser.add_argument(
            "--unit", metavar="CODE", help=_("code of the unit to which the person belongs")
        )

    def handle(
        self, *args: Any, username: str, role: str, unit: str | None, **options: Any
    ) -> None:
        if User.objects.filter(username=username).exists():
            raise CommandError(_("%(user)s exists already.") % {"user": username})
        if unit is None and role in OF_A_UNIT:
            raise CommandError(_("A clerk or head of a unit needs a unit: --unit CODE."))
        try:
            create_user(
                username=username,
                password=getpass(_("Password: ")),
                role=Role(role),
                now=timezone.now(),
                unit_id=_unit_id(unit) if unit else None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(self.style.SUCCESS(f"{username}: {role}"))


def _unit_id(code: str) -> int:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(_("There is no unit with the code %(code)s.") % {"code": code})
    return unit.pk
