"""By what the orders about one place are found, however its address was written.

The words that the engine reads in an address, with its county, under the key of contents: the column tells
no address. Reports of a wrong and what was told in confidence have none.
"""

from datetime import datetime
from functools import lru_cache

from civicloop.apps.intake.content_hashes import ContentHasher
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.readings import city_gazetteer
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.place_keys import place_key

KEPT_SECONDS = 600  # after so long a new area is known to every process


def place_key_of(appeal: Appeal, *, now: datetime) -> str:
    """The key of the place that an appeal names, "" where it names none or nobody may know."""
    with appeal.as_stored():
        address = appeal.address
    if appeal.is_sensitive or not address:
        return ""
    return key_of(address, appeal.county_id, areas_of_slot(int(now.timestamp() // KEPT_SECONDS)))


def key_of(address: str, county_id: int | None, areas: Gazetteer) -> str:
    words = place_key(address, areas)
    return ContentHasher().hash_of(("place", str(county_id), words)) if words else ""


@lru_cache(maxsize=1)
def areas_of_slot(_slot: int) -> Gazetteer:
    """The city's areas as they are read first in a slot of time."""
    return city_gazetteer()
