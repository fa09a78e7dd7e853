from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unreadable
from civicloop.apps.vault.databases import pending_migrations
from civicloop.config.backups import Kept, RestoreRefusedError, drill, restore
from civicloop.connectors.backups.folder import BrokenBackupError
from civicloop.connectors.backups.postgresql import DumpError

EXAMPLES = """examples:
  civicloop restore --drill /mnt/backups/civicloop-20260101T021500Z
                              bring it back in a throw-away place, read its audit, say how long it took
  CIVICLOOP_DATA=/srv/new DATABASE_URL=sqlite:////srv/new/city.sqlite3 \\
    civicloop restore /mnt/backups/civicloop-20260101T021500Z --keys /root/civicloop-keys.tar
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Bring a backup back into an empty place, or try that it can be.")
    examples = EXAMPLES
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="FOLDER", help=_("the folder of one backup")
        )
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help=_("the file that holds its keys")
        )
        parser.add_argument(
            "--drill", action="store_true", help=_("in a throw-away place; nothing here is touched")
        )

    def handle(self, *args: Any, folder: Path, keys: Path | None, **options: Any) -> None:
        refuse_unreadable(keys)
        try:
            if options["drill"]:
                self._say_drill(drill(folder, keys=keys, now=timezone.now()))
            else:
                self._say(restore(folder, keys=keys))
        except BrokenBackupError as error:
            words = _("The backup is not what was written: %(reason)s") % {"reason": error}
            raise CommandError(words) from None
        except (RestoreRefusedError, DumpError) as error:
            raise CommandError(str(error)) from None

    def _say(self, kept: Kept) -> None:
        words = _("Brought back: %(rows)s rows, %(files)s files, %(seconds)s s.")
        told = {"rows": kept.row_count, "files": kept.file_count, "seconds": round(kept.seconds, 1)}
        self.stdout.write(self.style.SUCCESS(words % told))
        if kept.missing_keys:
            words = _(
                "These keys of the backup are not in %(folder)s: %(names)s. Bring them before the "
                "site is started: without them no receipt and no contact opens, and no audit is read."
            )
            names = ", ".join(kept.missing_keys)
            said = words % {"folder": settings.DATA_FOLDER, "names": names}
            self.stdout.write(self.style.WARNING(said))
        if pending_migrations():
            self.stdout.write(_("It is of an older program: run civicloop migrate."))

    def _say_drill(self, seconds: float) -> None:
        words = _("The backup can be brought back: %(seconds)s s, its audit read.")
        self.stdout.write(self.style.SUCCESS(words % {"seconds": round(seconds, 1)}))
