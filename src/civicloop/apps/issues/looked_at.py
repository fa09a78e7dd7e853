"""Which appeals the same-event engine has looked at: ranges of ids, none forgotten."""

from collections.abc import Iterable
from itertools import pairwise

from django.db.models import Q

from civicloop.apps.intake.models import Appeal

Ranges = list[list[int]]  # first and last id of each, ascending, none touching another

GAPS_MOST = 500  # older gaps are taken for ids that were never given or are gone


def ranges_of(ids: Iterable[int], looked_at: Ranges | None = None) -> Ranges:
    """Add ids to ranges."""
    found: Ranges = []
    for first, last in sorted([*(looked_at or []), *([one, one] for one in ids)]):
        if found and first <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    old = found[:-GAPS_MOST]
    return [[old[0][0], old[-1][1]], *found[-GAPS_MOST:]] if old else found


def not_looked_at(looked_at: Ranges) -> list[int]:
    """The ids of the appeals outside the ranges, ascending."""
    outside = Q(id__gt=looked_at[-1][1] if looked_at else 0)
    for (_, before), (after, _) in pairwise(looked_at):
        outside |= Q(id__gt=before, id__lt=after)
    return list(Appeal.objects.filter(outside).order_by("id").values_list("id", flat=True))
