"""Which area a city of a file is: its days are facts of indicators from then on."""

from collections.abc import Mapping
from datetime import datetime

from civicloop.apps.air.models import AirCity, AirSource

ONLY_CITY = ""  # the name that stands for the one city of a file
CODE_LENGTH = 12


class WrongAreaError(ValueError):
    """A code is none, an area is another city's, or a code without a name is given for several cities."""


def check_areas(areas: Mapping[str, str]) -> None:
    """Refuse what cannot be the code of an area.

    Raises:
        WrongAreaError: a code is not of twelve digits.
    """
    for code in areas.values():
        if len(code) != CODE_LENGTH or not code.isdecimal():
            raise WrongAreaError(code)


def city_named(name: str, areas: Mapping[str, str], now: datetime) -> AirCity:
    """Find or found the city, held until the transaction ends; an area that is known names it too.

    Raises:
        WrongAreaError: the city is another area.
    """
    area = areas.get(name) or areas.get(ONLY_CITY, "")
    if area and (known := AirCity.objects.select_for_update().filter(area=area).first()):
        return known
    AirCity.objects.get_or_create(name=name)
    city = AirCity.objects.select_for_update().get(name=name)
    if area:
        _name_area(city, area, now)
    return city


def name_areas_of_kept(source: AirSource, areas: Mapping[str, str], now: datetime) -> None:
    """Give the cities of a file that was kept before the areas that are named now.

    Raises:
        WrongAreaError: a city is another area, or one code is given for several cities.
    """
    of_source = AirCity.objects.filter(days__source=source).values("pk")
    found = list(AirCity.objects.select_for_update().filter(pk__in=of_source))
    if ONLY_CITY in areas and len(found) > 1:
        raise WrongAreaError(areas[ONLY_CITY])
    for city in found:
        area = areas.get(city.name) or areas.get(ONLY_CITY, "")
        if area:
            _name_area(city, area, now)


def _name_area(city: AirCity, area: str, now: datetime) -> None:
    is_of_another = AirCity.objects.filter(area=area).exclude(pk=city.pk).exists()
    if is_of_another or city.area not in {"", area}:
        raise WrongAreaError(area)
    if not city.area:
        city.area, city.area_recorded_at = area, now
        city.save()
