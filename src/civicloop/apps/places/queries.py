from civicloop.apps.places.models import Area, AreaLevel, Unit, UnitLevel

FEWEST_CHARACTERS = 3  # of a name; "局" alone tells nothing


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

    Without an area of the matter only a whole name, or an ending that one unit has, is sure.
    """
    if len(name) < FEWEST_CHARACTERS:
        return None
    found = list(Unit.objects.filter(name__endswith=name).select_related("area").order_by("code"))
    whole = [unit for unit in found if unit.name == name]
    if area and len(whole or found) > 1:
        found = [unit for unit in whole or found if area.prefix.startswith(unit.area.prefix)]
        return found[0] if len(found) == 1 else None
    sure = whole or found
    return sure[0] if len(sure) == 1 else None
