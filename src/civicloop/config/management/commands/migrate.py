from typing import Any

from django.core.management.commands import migrate as djangos
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.sqlite.first_tables import lay_first_tables
from civicloop.config.vault_router import VAULT
from civicloop.config.whole_migrations import WholeMigrations

EXAMPLES = """examples:
  civicloop migrate              after each new version; stop the site and back up the database first
  civicloop migrate --plan       show what would be done, change nothing
"""
djangos.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]  # Django's command makes its own, and asks nobody
NOT_AT_ONCE = "plan", "check_unapplied", "fake", "fake_initial", "prune"


class Command(ExplainedCommand, djangos.Command):
    summary = gettext_lazy("Make the tables of the database, or bring them up to this version.")
    examples = EXAMPLES

    def handle(self, *args: Any, **options: Any) -> None:
        """The vault's own database first: migrations of the other one bring identities there."""
        is_whole = options["database"] == DEFAULT_DB_ALIAS and not options["app_label"]
        if VAULT in connections and is_whole:
            super().handle(*args, **{**options, "database": VAULT, "app_label": VAULT})
        elif is_whole and not any(options[name] for name in NOT_AT_ONCE):
            done = lay_first_tables(connections[DEFAULT_DB_ALIAS])
            if done and options["verbosity"]:
                self.stdout.write(
                    _("A new database: its tables are made at once, as by %(count)s migrations.")
                    % {"count": done}
                )
        super().handle(*args, **options)
