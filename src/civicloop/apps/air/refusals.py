"""Why hours, days or rules cannot be assessed, in a sentence with its cure."""

from pathlib import Path

from django.utils.translation import gettext as _

from civicloop.analytics.air.grids import ImpossibleHourError
from civicloop.analytics.air.indices import UnsuitedEditionError
from civicloop.apps.air.actions import NotKeptError
from civicloop.apps.air.city_areas import WrongAreaError
from civicloop.apps.air.wording import POLLUTANTS
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
    words: dict[type[Exception], str] = {
        UnknownControlSiteError: _("no station is named %(words)s: look at the names, or leave out --control-site"),
        UnknownRulesError: _("no such rules; there are: %(words)s"),
        DoubleHourError: _("%(city)s, %(station)s has two rows of %(at)s that differ. Leave one of them out."),
        ImpossibleHourError: _("%(city)s: %(pollutant)s of %(value)s is no concentration. Correct it, or leave the cell empty."),
        NoEditionError: _("no edition of the rules, or more than one, is in force on %(day)s. Choose one: --edition cn_hj633_2012"),
        NotKeptError: _("only hours of stations and days of cities are kept, and without --edition: %(words)s"),
        WrongAreaError: _("%(words)s is no code of an area (12 digits), or that of another city; of a file of several cities name each: --area CITY=CODE"),
        UnsuitedEditionError: _("this edition does not rate these days: %(words)s"),
    }  # fmt: skip
    return f"{file}: {words[type(error)] % (_told(error) | {'words': str(error)})}"


def _told(error: Exception) -> dict[str, object]:
    told = dict(vars(error))
    if isinstance(error, ImpossibleHourError):
        told |= {"pollutant": POLLUTANTS[error.pollutant], "value": f"{error.value:g}"}
    return told
