from civicloop.apps.places.models import Area, AreaLevel


def area_choices() -> list[Area]:
    """Counties, each followed by its townships."""
    levels = [AreaLevel.COUNTY, AreaLevel.TOWNSHIP]
    return list(Area.objects.filter(level__in=levels).order_by("code"))
