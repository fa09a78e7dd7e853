"""What the product's commands have in common: a summary in the reader's language, and examples."""

import os
from argparse import RawDescriptionHelpFormatter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class ExplainedCommand(BaseCommand):
    """A command whose help says what it does and shows how it is called."""

    summary: str | Promise
    examples = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        self.help = str(self.summary)
        kwargs |= {"epilog": self.examples, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def get_version(self) -> str:
        return version("civicloop")


def refuse_unwritable(file: Path | None, *endings: str) -> None:
    """Refuse a file, if one is asked for, that could not be written after the work.

    Raises:
        CommandError: its name has none of the endings, or its folder takes no file.
    """
    if file is None:
        return
    if endings and file.suffix.lower() not in endings:
        message = _("%(file)s must end in %(endings)s.")
        raise CommandError(message % {"file": file, "endings": " / ".join(endings)})
    if not file.parent.is_dir():
        message = _("%(file)s cannot be written: there is no folder %(folder)s.")
        raise CommandError(message % {"file": file, "folder": file.parent})
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        raise CommandError(_("%(file)s cannot be written.") % {"file": file})
