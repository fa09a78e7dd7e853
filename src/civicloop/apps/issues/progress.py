"""Progress of long work on a terminal."""

from collections.abc import Callable
from typing import TextIO

from django.utils.translation import gettext as _

STEPS_SHOWN = 20


def progress_line(stream: TextIO) -> Callable[[str, int, int], None] | None:
    """A callback that redraws one line on a terminal, and nothing where there is no terminal."""
    if not stream.isatty():
        return None
    labels = {
        "invent": _("inventing appeals"),
        "train": _("learning"),
        "classify": _("suggesting topics"),
        "read": _("reading appeals"),
        "pair": _("pairing appeals"),
        "compare": _("comparing pairs"),
        "join": _("joining appeals"),
        "place": _("placing appeals"),
        "store": _("storing events"),
        "replies": _("checking replies"),
        "similar": _("storing similar appeals"),
        "route": _("routing orders"),
    }
    shown: dict[str, int] = {}

    def show(step: str, done: int, total: int) -> None:
        share = done * STEPS_SHOWN // max(total, 1)
        if shown.get(step) == share:
            return
        shown[step] = share
        end = "\n" if done >= total else ""
        stream.write(f"\r  {labels.get(step, step)}: {done:,}/{total:,}\033[K{end}")
        stream.flush()

    return show
