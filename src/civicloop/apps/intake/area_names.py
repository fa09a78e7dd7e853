"""Find an area by its code, by its name, or by a chain of names (county and township)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from civicloop.apps.intake.channel_preset import plain_name
from civicloop.apps.places.models import AREA_CODE_LENGTH, CODE_PREFIX_LENGTH, Area, AreaLevel

_BETWEEN_NAMES = re.compile(r"[/>|\\、,→\-—]+")
_CODE = re.compile(r"\d{6,12}")
_SHORT_SUFFIXES = ("区", "县", "市")
_COUNTY_DIGITS = CODE_PREFIX_LENGTH[AreaLevel.COUNTY]
_SHORTEST_NAME = 2


class FoundArea(NamedTuple):
    """An area, the county it lies in, and what was not understood."""

    area_id: int | None
    county_id: int | None
    warning: str


NOWHERE = FoundArea(None, None, "")
UNKNOWN = FoundArea(None, None, "unknown_area")


class AreaNames:
    """Areas by code and by name: all of this installation, or those given."""

    def __init__(self, areas: Iterable[Area] | None = None) -> None:
        self._by_code: dict[str, Area] = {}
        self._by_name: defaultdict[str, list[Area]] = defaultdict(list)
        for area in Area.objects.all() if areas is None else areas:
            self._by_code[area.code] = area
            for name in _names_of(area):
                self._by_name[name].append(area)

    def find(self, text: str) -> FoundArea:
        """The area that a cell names; the part that is certain when its end is unknown."""
        name = _BETWEEN_NAMES.sub("", plain_name(text))
        if _CODE.fullmatch(name):
            area = self._by_code.get(name.ljust(AREA_CODE_LENGTH, "0"))
            return self._found(area, "") if area else UNKNOWN
        area = self._inside(name, "")
        if area is not None:
            return self._found(area, "")
        area = self._beginning(name)
        return self._found(area, "partly_known_area") if area else UNKNOWN

    def _inside(self, name: str, prefix: str) -> Area | None:
        """The one area of that name, or chain of names, whose code begins with the prefix."""
        exact = [a for a in self._by_name.get(name, ()) if a.code.startswith(prefix)]
        if len(exact) == 1:
            return exact[0]
        found: dict[int, Area] = {}
        for length in range(_SHORTEST_NAME, len(name) - 1):
            for outer in self._by_name.get(name[:length], ()):
                if outer.code.startswith(prefix) and len(outer.prefix) > len(prefix):
                    inner = self._inside(name[length:], outer.prefix)
                    if inner is not None:
                        found[inner.id] = inner
        return next(iter(found.values())) if len(found) == 1 else None

    def _beginning(self, name: str) -> Area | None:
        for length in range(len(name) - 1, _SHORTEST_NAME - 1, -1):
            area = self._inside(name[:length], "")
            if area is not None:
                return area
        return None

    def _found(self, area: Area, warning: str) -> FoundArea:
        county = self._by_code.get(area.code[:_COUNTY_DIGITS].ljust(AREA_CODE_LENGTH, "0"))
        is_in_county = county is not None and county.level == AreaLevel.COUNTY
        return FoundArea(area.id, county.id if county and is_in_county else None, warning)


def _names_of(area: Area) -> set[str]:
    """Its name, and for a county also the name without its last character (云溪区: 云溪)."""
    name = plain_name(area.name)
    is_short_known = area.level == AreaLevel.COUNTY and len(name) > _SHORTEST_NAME
    return {name, name[:-1]} if is_short_known and name.endswith(_SHORT_SUFFIXES) else {name}
