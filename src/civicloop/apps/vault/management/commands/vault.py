# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`, its records `_default_manager`
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.apps.vault.foreign_keys import refuse_foreign_keys
from civicloop.apps.vault.keys import add_key, drop_old_keys, key_in_use
from civicloop.apps.vault.moving import move_identities
from civicloop.apps.vault.rotating import count_old, rotate, sealed_models

EXAMPLES = """examples:
  civicloop vault status              with which key how much is sealed
  civicloop vault rotate --new-key    make a new key and seal everything with it, while the site works
  civicloop vault rotate              go on where a rotation was ended, or after another choice of ciphers
  civicloop vault move                after VAULT_DATABASE_URL was set: bring the identities into that database
  civicloop vault drop-keys           forget the old keys; backups made before cannot be opened without them
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Renew the key that seals who citizens are.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        steps.add_parser("status", help=_("which key seals, and what is still sealed with another"))
        one = steps.add_parser("rotate", help=_("seal everything with the key in use"))
        one.add_argument("--new-key", action="store_true", help=_("make a new key first"))
        steps.add_parser("move", help=_("bring identities into the vault's own database"))
        steps.add_parser(
            "drop-keys", help=_("take keys out of the file that seal nothing any more")
        )

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        steps: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "status": self._status,
            "rotate": self._rotate,
            "move": self._move,
            "drop-keys": self._drop_keys,
        }
        steps[step](options)

    def _status(self, _options: dict[str, Any]) -> None:
        for model in sealed_models():
            told = {
                "table": model._meta.db_table,
                "count": model._default_manager.count(),
            }
            self.stdout.write(_("%(table)s: %(count)s records") % told)
        refuse_foreign_keys()
        told = {"key": key_in_use(), "count": count_old()}
        self.stdout.write(_("Key in use: %(key)s. Sealed with another: %(count)s records.") % told)

    def _rotate(self, options: dict[str, Any]) -> None:
        refuse_foreign_keys()
        if options["new_key"]:
            self.stdout.write(_("New key: %(key)s. Back the key file up now.") % {"key": add_key()})
        done = rotate(progress=self._tell)
        told = {"count": f"{done.sealed_count:,}"}
        self.stdout.write(_("%(count)s records sealed anew.") % told)
        if done.broken:
            words = _("%(count)s records do not open and stay as they are, the first: %(first)s")
            raise CommandError(words % {"count": len(done.broken), "first": done.broken[0]})

    def _move(self, _options: dict[str, Any]) -> None:
        count = move_identities(progress=self._tell)
        self.stdout.write(_("%(count)s identities moved.") % {"count": f"{count:,}"})

    def _drop_keys(self, _options: dict[str, Any]) -> None:
        old = count_old()
        if old:
            words = _("%(count)s records are sealed with another key: civicloop vault rotate")
            raise CommandError(words % {"count": old})
        self.stdout.write(_("%(count)s keys forgotten.") % {"count": drop_old_keys()})

    def _tell(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{count:,}", ending="")
