"""The city's own names of areas, found in a text in one pass.

Source: own work.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

_HEAD = 2  # characters by which the names are kept; no shorter name is looked for


class Gazetteer:
    """Names of areas with their levels, such as county, township or village."""

    def __init__(self, level_of: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        by_head: defaultdict[str, list[str]] = defaultdict(list)
        self._level_of = dict(level_of)
        for name in self._level_of:
            if len(name) >= _HEAD:
                by_head[name[:_HEAD]].append(name)
        self._by_head = {
            head: sorted(names, key=len, reverse=True) for head, names in by_head.items()
        }

    def level_of(self, name: str) -> str:
        """The level of a name, "" for one that is not in the list."""
        return self._level_of.get(name, "")

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return where names stand, the longest first found at each place, none overlapping."""
        by_head, found, free = self._by_head, list[tuple[int, int]](), 0
        for start in range(len(text) - 1):
            names = by_head.get(text[start : start + _HEAD])
            if names is None or start < free:
                continue
            for name in names:
                if text.startswith(name, start):
                    free = start + len(name)
                    found.append((start, free))
                    break
        return found
