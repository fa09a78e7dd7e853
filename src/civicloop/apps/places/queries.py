import re

from django.db.models import F, Value

from civicloop.apps.places.models import Area, AreaLevel, Unit, UnitLevel

FEWEST_CHARACTERS = 3  # of a name; "局" alone tells nothing
_NO_PART = re.compile(  # beside a unit, or a body of its own under it
    r"旁|对面|附近|门口|楼[上下]|隔壁|周[围边]|[东南西北]侧|村|社区|公司|学校|[中小]学|幼儿园|医院|[下所]属"
)


def area_choices() -> list[Area]:
    """Counties, each followed by its townships."""
    levels = [AreaLevel.COUNTY, AreaLevel.TOWNSHIP]
    return list(Area.objects.filter(level__in=levels).order_by("code"))


def county_government(area: Area) -> Unit | None:
    """The government of the county that an area lies in; None where there is not exactly one."""
    county = area
    while county.level != AreaLevel.COUNTY:
        if county.parent is None:
            return None
        county = county.parent
    named = Unit.objects.filter(area=county, level=UnitLevel.COUNTY, name__endswith="政府")
    found = list(named[:2])
    return found[0] if len(found) == 1 else None


def unit_named(name: str, area: Area | None) -> Unit | None:
    """The unit that a citizen names, also without its county in front; None where it is not sure.

    Without an area of the matter only a whole name, or an ending that one unit has, is sure. A division or a person
    of a unit, written behind its name, is that unit.
    """
    if len(name) < FEWEST_CHARACTERS:
        return None
    found = list(Unit.objects.filter(name__endswith=name).select_related("area").order_by("code"))
    if not found:
        return _unit_of_part(name, area)
    whole = [unit for unit in found if unit.name == name]
    if area and len(whole or found) > 1:
        found = [unit for unit in whole or found if area.prefix.startswith(unit.area.prefix)]
        return found[0] if len(found) == 1 else None
    sure = whole or found
    return sure[0] if len(sure) == 1 else None


def _unit_of_part(name: str, area: Area | None) -> Unit | None:
    """The unit whose division or member is named behind its name."""
    head, has_more, rest = name.partition(" ")
    unit = unit_named(head, area) if has_more else None
    if unit is None:
        named = Unit.objects.annotate(written=Value(name)).filter(written__startswith=F("name"))
        unit = max(named, key=lambda one: len(one.name), default=None)
        rest = name.removeprefix(unit.name) if unit else ""
    return None if _NO_PART.search(rest) else unit
