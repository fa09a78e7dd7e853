"""What the product's commands have in common: a summary in the reader's language, and examples."""

from argparse import RawDescriptionHelpFormatter
from importlib.metadata import version
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.functional import Promise


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
