from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, whole_number
from civicloop.apps.intake.actions.clients import (
    LONGEST_NAME,
    USUAL_PER_HOUR,
    ClientRefusedError,
    add_client,
    channel_known_as,
    revoke_client,
)
from civicloop.apps.intake.models import ApiAction
from civicloop.apps.intake.queries.clients import clients

EXAMPLES = """examples:
  civicloop api-keys add "city app" --channel app                 may send appeals and follow them
  civicloop api-keys add "counter" --channel counter --may send   may send alone
  civicloop api-keys list
  civicloop api-keys revoke "city app"

How a program uses its key: docs/how-to/connect-a-channel.md
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Give programs of channels their keys, list them, take them away.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        one = steps.add_parser("add", help=_("make a key; it is shown once"))
        one.add_argument("name", metavar="NAME", help=_("of the program"))
        one.add_argument(
            "--channel", required=True, metavar="CODE", help=_("through which its appeals come")
        )
        one.add_argument(
            "--may",
            nargs="+",
            choices=[action.value for action in ApiAction],
            default=[action.value for action in ApiAction],
            metavar="ACTION",
            help=_("; ").join(f"{action.value} ({action.label})" for action in ApiAction),
        )
        one.add_argument(
            "--per-hour",
            type=whole_number(),
            default=USUAL_PER_HOUR,
            metavar="NUMBER",
            help=_("most appeals an hour; default: %(usual)s") % {"usual": USUAL_PER_HOUR},
        )
        steps.add_parser("list", help=_("who has a key, and who had one"))
        one = steps.add_parser("revoke", help=_("end a key at once"))
        one.add_argument("name", metavar="NAME", help=_("of the program"))

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        steps: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "add": self._add,
            "list": self._list,
            "revoke": self._revoke,
        }
        try:
            steps[step](options)
        except ClientRefusedError as error:
            raise CommandError(str(error)) from None

    def _add(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        if not 0 < len(options["name"].strip()) <= LONGEST_NAME:
            raise CommandError(_("Give the program a name of at most 60 characters."))
        client, key = add_client(
            name=options["name"].strip(),
            channel=channel_known_as(options["channel"], now=now),
            actions=[ApiAction(name) for name in options["may"]],
            hourly_limit=options["per_hour"],
            actor=None,
            now=now,
        )
        self.stdout.write(f"{client.name}: {key}")
        self.stderr.write(_("Keep the key: it is shown once."))

    def _list(self, options: dict[str, Any]) -> None:
        for client in clients():
            ended = client.revoked_at and timezone.localtime(client.revoked_at)
            until = _("ended %(at)s") % {"at": f"{ended:%Y-%m-%d %H:%M}"} if ended else _("in use")
            limit = _("%(count)s an hour") % {"count": client.hourly_limit}
            may = " ".join(client.actions)
            self.stdout.write(f"{client.name}\t{client.channel.code}\t{may}\t{limit}\t{until}")

    def _revoke(self, options: dict[str, Any]) -> None:
        client = revoke_client(name=options["name"], actor=None, now=timezone.now())
        self.stdout.write(_("The key of %(name)s has ended.") % {"name": client.name})
