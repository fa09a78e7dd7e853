"""Levels of government, and which of two leads."""

from enum import StrEnum


class Level(StrEnum):
    """Of which government, or enterprise, a unit is."""

    CITY = "city"
    ENTERPRISE = "enterprise"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"

    @property
    def is_grassroots(self) -> bool:
        """Township or street, village or community."""
        return self in GRASSROOTS


GRASSROOTS = frozenset({Level.TOWNSHIP, Level.VILLAGE})
HIGHEST = 0
HEIGHT = {Level.CITY: 0, Level.ENTERPRISE: 0, Level.COUNTY: 1, Level.TOWNSHIP: 2, Level.VILLAGE: 3}
