"""The unit of the county concerned in words, as tables and pages say it and as they are read."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from civicloop.apps.dispatch.directory_facts import CityUnits
from civicloop.engines.routing.concerned import concerned, is_concerned
from civicloop.engines.routing.duties import GOVERNMENT, GOVERNMENTS
from civicloop.engines.routing.levels import Level

CHINESE = re.compile(
    r"(?:事发地|属地|所在地|涉事|有关)(?:县区|区县|县市区|县（市、区）|县)的?(?P<duty>.*)"
)
ENGLISH = re.compile(r"(?:(?:the )?(?P<duty>.+?) of )?(?:the )?county concerned", re.IGNORECASE)
CODE = re.compile(r"@county/(?P<duty>.+)")
IN_ENGLISH = "government"


def concerned_words(lead: str) -> str:
    """Say which unit of the county concerned a rule names."""
    duty = lead.partition("/")[2]
    if duty == GOVERNMENT:
        return _("government of the county concerned")
    return _("%(duty)s of the county concerned") % {"duty": duty}


def concerned_choices(units: CityUnits) -> list[tuple[str, str]]:
    """The duties that any county has, as a rule names them and in words."""
    counties = (one for one in units.facts.values() if one.level == Level.COUNTY)
    labels = dict.fromkeys(units.duties.label_of(one.code) for one in counties)
    duties = [concerned(label.partition("/")[2]) for label in labels]
    return [(duty, concerned_words(duty)) for duty in duties]


def unit_words(code: str, names: Mapping[str, str]) -> str:
    """Name the unit of a rule; by its code where it is not there."""
    return concerned_words(code) if is_concerned(code) else names.get(code, code)


def read_concerned(text: str) -> str:
    """The unit of the county concerned that a cell names, "" where it names something else."""
    for pattern in (CHINESE, ENGLISH, CODE):
        if found := pattern.fullmatch(text):
            duty = found["duty"] or GOVERNMENT
            is_government = duty in GOVERNMENTS or duty.lower() == IN_ENGLISH
            return concerned(GOVERNMENT if is_government else duty)
    return ""
