"""Why hours, days or rules cannot be assessed, in a sentence with its cure."""

from pathlib import Path

from django.utils.translation import gettext as _

from civicloop.analytics.air.grids import ImpossibleHourError
from civicloop.analytics.air.indices import UnsuitedEditionError
from civicloop.apps.air.actions import NotKeptError
from civicloop.apps.air.city_areas import WrongAreaError
from civicloop.connectors.air.editions import UnknownRulesError
from civicloop.engines.air.blocks import DoubleHourError
from civicloop.engines.air.city_days import UnknownControlSiteError
from civicloop.engines.air.editions import NoEditionError

REFUSALS = (
    UnknownControlSiteError,
    UnknownRulesError,
    DoubleHourError,
    ImpossibleHourError,
    NoEditionError,
    UnsuitedEditionError,
    NotKeptError,
    WrongAreaError,
)


def word_refusal(error: Exception, file: Path) -> str:
    """Say why, and what to do."""
    words = {
        UnknownControlSiteError: _("no station is named %(words)s: look at the names, or leave out --control-site"),
        UnknownRulesError: _("no such rules; there are: %(words)s"),
        DoubleHourError: _("%(words)s. Leave one of them out."),
        ImpossibleHourError: _("%(words)s. Correct it, or leave the cell empty."),
        NoEditionError: _("%(words)s. Choose one: --edition cn_hj633_2012"),
        NotKeptError: _("only hours of stations and days of cities are kept, and without --edition: %(words)s"),
        WrongAreaError: _("%(words)s is no code of an area (12 digits), or that of another city; of a file of several cities name each: --area CITY=CODE"),
        UnsuitedEditionError: _("this edition does not rate these days: %(words)s"),
    }  # fmt: skip
    return f"{file}: {words[type(error)] % {'words': str(error)}}"
