"""Names places the way people do: at one precision or another, short, with slips of the pen."""

from __future__ import annotations

from bisect import bisect
from functools import lru_cache

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.marks import wrapped
from civicloop.connectors.sample_city.objects import CityObject
from civicloop.connectors.sample_city.phrases import SLOT_INDEX, Draw, pick, said
from civicloop.connectors.sample_city.vocabulary import table

NAME = SLOT_INDEX["name"]
# Share of the texts below each bound, and what stands before the name.
PLACE_BOUNDS = (0.30, 0.52, 0.60, 0.71, 0.91, 1.0)
PLACE_FORMS = ("county", "county town", "city county", "town", "bare", "short")
SWAPPED_NAME_RATIO = 0.05
MISHEARD_NAME_RATIO = 0.03
SPOT_RATIO = 0.4
MOODS_WITH_SPOT = ("noise", "smell", "safety", "travel")
NEVER_SLIPPED = ("person", "village", "bus")
ORGANISATIONS = (  # complained of themselves where something is wrong with them
    "firm", "factory", "shop", "eatery", "grocery", "beauty", "training", "clinic", "venue",
    "agrishop", "inn", "agency", "cars", "driving", "hospital", "school", "kindergarten",
)  # fmt: skip
BRANCH_OF_ORGANISATION = {"school": "教育", "kindergarten": "教育", "hospital": "医疗"}
BRANCH_END = "店"
ACCUSING_TONES = ("complain", "report")
INNER_SPOT_ENDS = ("门", "期", "校区", "院区", "厂区", "院", "部", "标段", "交叉口", "路口")
TITLE_SHORT_RATIO = 0.15
TITLE_COUNTY_RATIO = 0.5


def place_in_text(draft: Draft, city_name: str, slots: list[str], draw: Draw) -> tuple[str, str]:
    """Name the place of a draft's matter as its text does, without and with a narrower spot."""
    thing = draft.thing
    form = PLACE_FORMS[bisect(PLACE_BOUNDS, draw())]
    name = _slipped(thing, thing.short_name if form == "short" else thing.name, draw)
    if thing.kind.name == "person":
        place = wrapped("place", thing.town.county.name + (name if "town" in form else ""))
        return place, place
    spot = ""
    if draw() < SPOT_RATIO and draft.problem.mood in MOODS_WITH_SPOT:
        spot = spot_of(thing, slots, draw)
    if spot.endswith(BRANCH_END):
        name, spot = name + spot, ""
    if _is_respondent(draft):
        name = wrapped("respondent", name)
    place = _before(form, thing, city_name) + name
    return wrapped("place", place), _with_spot(place, spot, thing)


def place_in_title(thing: CityObject, draw: Draw) -> str:
    """Name the place as a title does: shorter."""
    name = thing.short_name if draw() < TITLE_SHORT_RATIO else thing.name
    has_county = draw() < TITLE_COUNTY_RATIO
    if thing.kind.name == "person":
        return thing.town.county.name if has_county else name
    return (thing.town.county.name if has_county else "") + _slipped(thing, name, draw)


def spot_of(thing: CityObject, slots: list[str], draw: Draw) -> str:
    """Name a narrower spot at the place; the minor street nearby stands in the name's slot."""
    slots = list(slots)
    slots[NAME] = thing.street
    return said(pick(thing.kind.spots, draw), slots, draw)


def _is_respondent(draft: Draft) -> bool:
    """Tell whether the thing itself is complained of; a school answers for teaching only."""
    kind, problem = draft.thing.kind.name, draft.problem
    branch = BRANCH_OF_ORGANISATION.get(kind, "")
    return (
        kind in ORGANISATIONS
        and problem.tone in ACCUSING_TONES
        and branch in problem.topic.split("/")[0]
    )


def _with_spot(place: str, spot: str, thing: CityObject) -> str:
    """Mark a place with its spot: a gate or a crossing is part of it, a side of the road is not."""
    if spot.endswith(INNER_SPOT_ENDS):
        return wrapped("place", place + spot)
    if spot.startswith(thing.street):
        return wrapped("place", place + thing.street) + spot.removeprefix(thing.street)
    return wrapped("place", place) + spot.replace(thing.street, wrapped("place", thing.street))


def _slipped(thing: CityObject, name: str, draw: Draw) -> str:
    """Swap two characters now and then, or write one that sounds alike, as people do."""
    chance = draw()
    if thing.kind.name in NEVER_SLIPPED:
        return name
    if chance < SWAPPED_NAME_RATIO:
        return name[1] + name[0] + name[2:]
    return misheard(name) if chance < SWAPPED_NAME_RATIO + MISHEARD_NAME_RATIO else name


def misheard(name: str) -> str:
    """Write the first character that has one sounding alike as that one."""
    sounds = _sounds()
    place = next((place for place, character in enumerate(name) if character in sounds), None)
    return name if place is None else name[:place] + sounds[name[place]] + name[place + 1 :]


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    return dict(table("slips")["sound"].split())


def _before(form: str, thing: CityObject, city_name: str) -> str:
    return "".join((
        city_name if "city" in form else "",
        thing.town.county.name if "county" in form else "",
        thing.town.area.name if "town" in form or form == "short" else "",
    ))  # fmt: skip
