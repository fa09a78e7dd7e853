"""What the product's commands have in common: a summary in the reader's language, and examples."""

import os
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class ExplainedCommand(BaseCommand):
    """A command whose help says what it does and shows how it is called."""

    summary: str | Promise
    examples: str | Promise = ""
    requires_system_checks = []  # they import every page; `make check` has them run

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        self.help = str(self.summary)
        kwargs |= {"epilog": str(self.examples), "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def get_version(self) -> str:
        return version("civicloop")


def whole_number(*, least: int = 1, most: int | None = None) -> Callable[[str], int]:
    """An option's type: a whole number between two bounds; anything else is refused in words."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is not None and number >= least and (most is None or number <= most):
            return number
        if most is None:
            words = _("%(text)s is not a whole number of %(least)s or more.")
        else:
            words = _("%(text)s is not a whole number from %(least)s to %(most)s.")
        raise ArgumentTypeError(words % {"text": text, "least": least, "most": most})

    return read


def calendar_day(text: str) -> date:
    """An option's type: a day, YYYY-MM-DD; anything else is refused in words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = _("%(text)s is no day: write YYYY-MM-DD.")
        raise ArgumentTypeError(words % {"text": text}) from None


def refuse_unreadable(*files: Path | None) -> None:
    """Refuse files, as far as they are asked for, that are not there or may not be read.

    Raises:
        CommandError: one is missing, is a folder or belongs to somebody else.
    """
    for file in files:
        if file is None:
            continue
        if not file.exists():
            raise CommandError(_("There is no file %(file)s.") % {"file": file})
        if file.is_dir() or not os.access(file, os.R_OK):
            raise CommandError(_("%(file)s cannot be read.") % {"file": file})


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
