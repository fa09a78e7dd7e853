"""The list of appeals, newest first, and one appeal."""

from dataclasses import dataclass

from civicloop.apps.intake.grams import read_query
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.queries.cursors import Key, encode_cursor, place_of
from civicloop.apps.intake.queries.filters import AppealFilters, conditions_of
from civicloop.apps.intake.queries.listing import Found, listed
from civicloop.apps.intake.queries.searching import searched
from civicloop.apps.intake.shown import without_hidden

BIGGEST_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealPage:
    """One page of a list and the way to its neighbours."""

    appeals: list[Appeal]
    next_cursor: str | None
    previous_cursor: str | None
    count: int  # of the whole list
    count_is_exact: bool  # False: there are more than count


def appeals_page(
    filters: AppealFilters,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = 50,
) -> AppealPage:
    """The appeals below `after`, or above `before`; a cursor that is none of ours starts over."""
    place = place_of(after=after, before=before)
    size = min(max(size, 1), BIGGEST_PAGE)
    conditions = conditions_of(filters)
    if not filters.search.strip():
        found = listed(conditions, place, size)
    elif query := read_query(filters.search):
        found = searched(query, conditions, place, size)
    else:  # nothing but punctuation
        found = Found(keys=[], has_newer=False, has_older=False, count=0, count_is_exact=True)
    return AppealPage(
        appeals=_loaded(found.keys),
        next_cursor=encode_cursor(found.keys[-1]) if found.keys and found.has_older else None,
        previous_cursor=encode_cursor(found.keys[0]) if found.keys and found.has_newer else None,
        count=found.count,
        count_is_exact=found.count_is_exact,
    )


def _loaded(keys: list[Key]) -> list[Appeal]:
    related = ("topic", "channel", "area", "county")
    ids = [key.id for key in keys]
    appeals = {a.id: a for a in Appeal.objects.select_related(*related).filter(id__in=ids)}
    return [appeals[number] for number in ids if number in appeals]


def appeal_details(appeal_id: int) -> Appeal:
    """One appeal with all that its page shows.

    Raises:
        Appeal.DoesNotExist: no appeal that the reader may meet has this number.
    """
    related = ("topic", "channel", "area", "county", "original_row__run")
    appeals = Appeal.objects.select_related(*related).defer("original_row__sealed_cells")
    return without_hidden(appeals).get(id=appeal_id)
