from django.core.management.commands.migrate import Command as DjangoMigrate
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand

EXAMPLES = """examples:
  civicloop migrate              after each new version; stop the site and back up the database first
  civicloop migrate --plan       show what would be done, change nothing
"""


class Command(ExplainedCommand, DjangoMigrate):
    summary = gettext_lazy("Make the tables of the database, or bring them up to this version.")
    examples = EXAMPLES
