from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.actions import create_user
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.command import ExplainedCommand

EXAMPLES = """examples:
  civicloop create-user li.na
  civicloop create-user wang.wei --role dispatcher
"""
ROLES = gettext_lazy(
    "operator: settles topics; dispatcher: also imports and mends events; supervisor: mends events, "
    "chooses the topic model; administrator: everything. Default: operator"
)


class Command(ExplainedCommand):
    summary = gettext_lazy("Make an account for a member of staff; asks for the password.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("the name to log in with"))
        roles = [role.value for role in Role if role != Role.GUEST]
        parser.add_argument("--role", choices=roles, default=Role.OPERATOR.value, help=str(ROLES))

    def handle(self, *args: Any, username: str, role: str, **options: Any) -> None:
        if User.objects.filter(username=username).exists():
            raise CommandError(_("%(user)s exists already.") % {"user": username})
        try:
            create_user(username=username, password=getpass(), role=Role(role))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(self.style.SUCCESS(f"{username}: {role}"))
