"""The county concerned (事发地县区): a rule may name a duty and leave the county to the case.

``@county/政府`` stands for the government of whichever county a case's area lies in,
``@county/民政局`` for that county's office of civil affairs. One such rule does for every county.

Source: own rules, after Beijing's ordinance of 2021 on immediate response, Art. 12 (where only the
district is known, the district coordinates). The first six digits of an area's code are its
county's (GB/T 2260).
"""

from collections.abc import Callable

from civicloop.engines.routing.levels import Level

MARK = "@"
COUNTY_DIGITS = 6

Locate = Callable[[str, str], str]  # label of a duty, area → code of the unit; "" for none


def concerned(duty: str) -> str:
    """Return how a rule names the unit with a duty in the county concerned."""
    return f"{MARK}{Level.COUNTY}/{duty}"


def is_concerned(lead: str) -> bool:
    """Whether a rule's unit depends on the county of the case."""
    return lead.startswith(MARK)


def county_of(area: str) -> str:
    """Return the first digits of the county that an area is or lies in, "" where it is larger."""
    return area[:COUNTY_DIGITS] if len(area) >= COUNTY_DIGITS else ""


def unit_there(lead: str, area: str, locate: Locate) -> str:
    """Return the unit that a rule means in an area.

    Args:
        lead: As the rule names it.
        area: First digits of the code of the case's area.
        locate: Finds a unit by its duty.

    Returns:
        Its code; what the rule says where the county is not known or has no such unit.
    """
    county = county_of(area)
    if not is_concerned(lead) or not county:
        return lead
    return locate(lead.removeprefix(MARK), county) or lead


def no_unit(_label: str, _area: str) -> str:
    """Return that no unit is known, whatever is asked."""
    return ""
