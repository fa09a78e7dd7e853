"""The engines' codes in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.event_pages import Bond, NearMiss
from civicloop.apps.issues.models import SimilarAppeal

FACTOR_NAMES: Mapping[str, Promise] = {
    "people": gettext_lazy("People"),
    "growth": gettext_lazy("Growth"),
    "spread": gettext_lazy("Spread"),
    "repeat": gettext_lazy("Repeat callers"),
    "support": gettext_lazy("Supporting votes"),
    "oppose": gettext_lazy("Opposing votes"),
    "unresolved": gettext_lazy("Waiting"),
}
FACTOR_MEANINGS: Mapping[str, Promise] = {
    "people": gettext_lazy("How many different citizens appealed about it."),
    "growth": gettext_lazy(
        "How far the last 7 days stand above the same weekdays of the 8 weeks before, "
        "in standard deviations."
    ),
    "spread": gettext_lazy("From how many different places the appeals came."),
    "repeat": gettext_lazy("How many citizens had to appeal more than once."),
    "support": gettext_lazy("How many votes other citizens gave for it."),
    "oppose": gettext_lazy("How many votes other citizens gave against it: a disputed matter."),
    "unresolved": gettext_lazy(
        "For how many days the oldest appeal waits for a reply, "
        "times the share of appeals that still wait."
    ),
}


class FactorWords(NamedTuple):
    """One factor of the heat as a row of a table."""

    code: str
    name: str
    raw: str
    score: float
    weight: float
    points: float


def factor_words(factors: Sequence[Mapping[str, object]]) -> list[FactorWords]:
    """The stored factors with names and units, in the formula's order."""
    return [
        FactorWords(
            code=str(factor["code"]),
            name=str(FACTOR_NAMES.get(str(factor["code"]), factor["code"])),
            raw=_raw_words(str(factor["code"]), float(str(factor["raw"]))),
            score=float(str(factor["score"])),
            weight=float(str(factor["weight"])),
            points=float(str(factor["points"])),
        )
        for factor in factors
    ]


def _raw_words(code: str, raw: float) -> str:
    if code == "growth":
        return _("%(number)s standard deviations") % {"number": f"{raw:+.1f}"}
    number = round(raw)
    units = {
        "people": ngettext("%(number)s citizen", "%(number)s citizens", number),
        "repeat": ngettext("%(number)s citizen", "%(number)s citizens", number),
        "spread": ngettext("%(number)s place", "%(number)s places", number),
        "unresolved": ngettext("%(number)s day", "%(number)s days", number),
    }
    votes = ngettext("%(number)s vote", "%(number)s votes", number)
    return units.get(code, votes) % {"number": f"{number:,}"}


class WeightWords(NamedTuple):
    """One line of the explanation of the formula."""

    code: str
    name: str
    meaning: str
    weight: float


def weight_words(weights: Mapping[str, float]) -> list[WeightWords]:
    """The weights of a ranking as shares of their sum, with what each factor means."""
    total = sum(weights.values())
    return [
        WeightWords(
            code=code,
            name=str(FACTOR_NAMES.get(code, code)),
            meaning=str(FACTOR_MEANINGS.get(code, "")),
            weight=weight / total,
        )
        for code, weight in weights.items()
    ]


REASON_WORDS: Mapping[str, Promise] = {
    "same_wording": gettext_lazy("same wording"),
    "other_wording": gettext_lazy("other wording"),
    "same_place": gettext_lazy("same place"),
    "other_place": gettext_lazy("other place"),
    "same_problem": gettext_lazy("same problem"),
    "other_problem": gettext_lazy("other problem"),
    "rare_words": gettext_lazy("rare words in common"),
    "few_rare_words": gettext_lazy("few rare words in common"),
    "same_area": gettext_lazy("same area"),
    "other_area": gettext_lazy("other area"),
    "same_author": gettext_lazy("from the same citizen"),
    "busy_author": gettext_lazy("from the same citizen, who writes about much else"),
    "near_in_time": gettext_lazy("near in time"),
    "far_in_time": gettext_lazy("far apart in time"),
    "quoted_numbers": gettext_lazy("same numbers quoted"),
    "other_numbers": gettext_lazy("other numbers quoted"),
    "operator": gettext_lazy("decided by a person"),
}


class ReasonWords(NamedTuple):
    """One reason for or against one matter."""

    words: str
    detail: str
    speaks_for: bool


class SimilarWords(NamedTuple):
    """A similar appeal and the reasons in words, the weightiest first."""

    similar: SimilarAppeal
    reasons: list[ReasonWords]


def similar_words(similar: Iterable[SimilarAppeal]) -> list[SimilarWords]:
    """Each similar appeal with its reasons in words."""
    return [SimilarWords(appeal, reason_words(appeal.reasons)) for appeal in similar]


def reason_words(reasons: Sequence[tuple[str, str, float]]) -> list[ReasonWords]:
    """Reasons, each code, detail and weight, in words; the weightiest first."""
    weightiest = sorted(reasons, key=lambda reason: -abs(reason[2]))
    return [
        ReasonWords(str(REASON_WORDS.get(code, code)), detail, speaks_for=weight > 0)
        for code, detail, weight in weightiest
    ]


class MemberWords(NamedTuple):
    """A member and why it is of its event."""

    appeal: Appeal
    bond: Bond | None
    reasons: list[ReasonWords]  # that speak for it


def member_words(members: Iterable[Appeal], bonds: Mapping[int, Bond]) -> list[MemberWords]:
    """Each member with the reasons that join it to the member most like it."""
    shown = []
    for appeal in members:
        bond = bonds.get(appeal.pk)
        reasons = reason_words(bond.strongest.reasons) if bond and bond.strongest else []
        shown.append(MemberWords(appeal, bond, [r for r in reasons if r.speaks_for]))
    return shown


class NearMissWords(NamedTuple):
    """A near miss, what parts it from the member it is like, and what they share."""

    miss: NearMiss
    parts: list[ReasonWords]
    shares: list[ReasonWords]


def near_miss_words(misses: Iterable[NearMiss]) -> list[NearMissWords]:
    """Each near miss with its reasons in words."""
    shown = []
    for miss in misses:
        reasons = reason_words(miss.similar.reasons)
        against = [reason for reason in reasons if not reason.speaks_for]
        shown.append(NearMissWords(miss, against, [r for r in reasons if r.speaks_for]))
    return shown
