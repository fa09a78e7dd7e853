import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.backups import back_up
from civicloop.connectors.backups.postgresql import DumpError

EXAMPLES = """examples:
  civicloop backup /mnt/backups                          a new folder in it, named by the time
  civicloop backup /mnt/backups --keys /root/civicloop-keys.tar
                                                         and the keys, which belong elsewhere
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Copy database and files while the site works; the keys apart.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help=_("where backups are kept"))
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FILE",
            help=_("write the keys to this file, in another place"),
        )

    def handle(self, *args: Any, folder: Path, keys: Path | None, **options: Any) -> None:
        now = timezone.now()
        if keys and keys.resolve().is_relative_to(folder.resolve()):
            raise CommandError(
                _("Keep the keys in another place than the backups: who has both can read all.")
            )
        target = folder / f"civicloop-{now:%Y%m%dT%H%M%S}Z"
        try:
            kept = back_up(target, keys=keys, now=now, progress=self._tell)
        except FileExistsError as error:
            file = error.filename or error.args[-1]
            raise CommandError(_("%(file)s is there already.") % {"file": file}) from None
        except (DumpError, sqlite3.Error) as error:
            words = _("No backup was made: %(reason)s") % {"reason": error}
            raise CommandError(words) from None
        words = _("%(folder)s: %(rows)s rows, %(files)s files, %(seconds)s s")
        told = {"folder": target, "rows": kept.row_count, "files": kept.file_count}
        self.stdout.write(words % {**told, "seconds": round(kept.seconds, 1)})

    def _tell(self, share: float) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{share:.0%}", ending="\n" if share >= 1 else "")
