"""The one console command: Django's commands under the names a city's staff would use."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "migrate": "migrate",
    "load": "load_reference",
    "import": "import_appeals",
    "train": "train_topics",
    "classify": "classify_appeals",
    "events": "find_events",
    "hot-issues": "rank_hot_issues",
    "evaluate": "evaluate_text",
    "doctor": "doctor",
    "create-user": "create_user",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `civicloop COMMAND …`; any other Django command works under its own name too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    name = words[0] if words else "help"
    if name == "demo":
        os.environ.setdefault("CIVICLOOP_DEMO", "1")
        os.environ.setdefault("CIVICLOOP_DATA", "var/demo")  # never beside a city's own data
    import django
    from django.core.management import execute_from_command_line

    if name in COMMANDS:
        django.setup()
        _command(name).run_from_argv(["civicloop", *words])
    elif name in {"help", "-h", "--help"} and len(words) < 2:
        django.setup()
        _print_overview()
    else:
        execute_from_command_line(["civicloop", *words])


def _command(name: str) -> "BaseCommand":
    from django.core.management import get_commands, load_command_class

    return load_command_class(get_commands()[COMMANDS[name]], COMMANDS[name])


def _print_overview() -> None:
    print("civicloop COMMAND [options]      (civicloop COMMAND --help tells more)\n")  # noqa: T201
    for name in COMMANDS:
        print(f"  {name:12} {str(_command(name).help).splitlines()[0]}")  # noqa: T201
