"""Addresses of many records' pages: a list of fifty would look for each among all pages of the site."""

from collections.abc import Callable

from django.urls import reverse


def addresses_of(name: str, *further: str) -> Callable[[int], str]:
    """The address of a record's page by the record's number; looked for once."""
    before, _number, after = reverse(name, args=[0, *further]).partition("/0/")
    return lambda number: f"{before}/{number}/{after}"
