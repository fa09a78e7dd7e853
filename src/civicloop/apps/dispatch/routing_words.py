"""Why an order goes where it goes, and what is wrong with a directory, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.dispatch.concerned_words import concerned_words, unit_words
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.places.models import AREA_CODE_LENGTH, Area, AreaLevel, Unit, UnitLevel
from civicloop.engines.routing.concerned import is_concerned
from civicloop.engines.routing.conflicts import BETWEEN, Conflict, Problem
from civicloop.engines.routing.deciding import BrokenRuleError

REASONS: Mapping[str, Promise] = {
    "emergency": gettext_lazy("It is an emergency: pass it to 110, 119, 120 or 122 first."),
    "legal_route": gettext_lazy("The text speaks of a legal route: tell the citizen that route."),
    "kind": gettext_lazy("A report of a wrong is always dispatched by a person."),
    "accuses": gettext_lazy(
        "The text accuses somebody in office: see whether it reports a wrong, and about whom."
    ),
    "sensitive": gettext_lazy("It is sensitive or confidential."),
    "returned": gettext_lazy("It has been with a unit before."),
    "escalated": gettext_lazy("It was escalated: a unit of a higher level must lead."),
    "about_unit": gettext_lazy("It is about the unit that would lead: it goes to the level above."),
    "no_topic": gettext_lazy("Its topic is not known, so no rule can be found."),
    "no_rule": gettext_lazy("No rule of the directory is for it."),
    "tied_rules": gettext_lazy("Two rules are equally specific and name different units."),
    "no_county": gettext_lazy(
        "The county concerned leads, and the appeal does not say which county that is."
    ),
    "finer_area": gettext_lazy("Its area is not exact enough: inside it the rules differ."),
    "finer_topic": gettext_lazy("Its topic is not deep enough: under it the rules differ."),
    "grassroots": gettext_lazy(
        "Experience names a township or village, which the directory does not allow here."
    ),
    "no_model": gettext_lazy("Nothing has been learned from earlier orders yet."),
    "disagree": gettext_lazy("Directory and experience name different units."),
    "unsure": gettext_lazy("Experience is less sure than the chosen accuracy asks for."),
    "broken_rule": gettext_lazy("The rule cannot be carried out."),
}
BASES: Mapping[str, Promise] = {
    "directory": gettext_lazy("by the directory"),
    "above": gettext_lazy("by the directory, the level above"),
    "learned": gettext_lazy("by experience"),
}
CHOSEN_BY: Mapping[str, Promise] = {
    "only_one": gettext_lazy("The only rule that matches."),
    "most_specific": gettext_lazy("The most specific of the rules that match."),
    "higher_level": gettext_lazy(
        "As specific as another rule; the higher level leads, the lower assists."
    ),
}
PROBLEMS: Mapping[Problem, Promise] = {
    Problem.UNKNOWN_TOPIC: gettext_lazy("topic “%(value)s” is not in the tree"),
    Problem.UNKNOWN_AREA: gettext_lazy("area “%(value)s” is not known"),
    Problem.UNKNOWN_UNIT: gettext_lazy("unit “%(value)s” does not exist, or no longer"),
    Problem.TIED: gettext_lazy(
        "as specific as rule %(other)s, of the same level, but another unit: no order could be routed"
    ),
    Problem.WRONG_LEVEL: gettext_lazy("the lead unit is of another level: %(value)s"),
    Problem.NOT_FOR_GRASSROOTS: gettext_lazy(
        "a township or village leads although the rule does not allow it"
    ),
    Problem.EMPTY_PERIOD: gettext_lazy("it ends before it begins"),
    Problem.OVERLAP: gettext_lazy(
        "as specific as rule %(other)s of another level: the higher level leads, the lower assists"
    ),
    Problem.UNREACHABLE: gettext_lazy("rule %(other)s says the same: one of them is never used"),
    Problem.OUTSIDE_UNIT: gettext_lazy("the lead unit's own area lies elsewhere"),
    Problem.COUNTY_LACKS: gettext_lazy(
        "not every county has such a unit; without it: %(value)s. A rule for these counties mends it."
    ),
    Problem.GAP: gettext_lazy("topic “%(value)s” has no rule for every area"),
}


class UnitNames:
    """The units' names by code."""

    def __init__(self) -> None:
        self._names = dict(Unit.objects.values_list("code", "name"))

    def of(self, code: str) -> str:
        """A unit's name; its code where it is not there, "a person" for nobody."""
        return unit_words(code, self._names) if code else _("a person")

    def of_all(self, codes: Iterable[str]) -> str:
        """The names of several; "" of none."""
        return ", ".join(self.of(code) for code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceWords:
    """A unit that could lead."""

    code: str
    name: str
    basis: str
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyHere:
    """What an order's page says about its unit."""

    headline: str
    is_automatic: bool
    rule: str  # which rule, "" without one
    chosen_by: str
    statute: str
    model: str  # which model, and how sure it must be; "" without one
    words: Sequence[tuple[str, float]]  # that led the model to its first choice
    suggestions: Sequence[ChoiceWords]  # first, second and third by experience
    choices: Sequence[ChoiceWords]  # offered to a person
    assisting: Sequence[str]
    reasons: Sequence[str]


def why_here(order: WorkOrder, names: Mapping[str, str] | None = None) -> WhyHere | None:
    """Why an order is where it is, or what a person may choose; None before it was routed.

    `names` are the units' by code; they are asked for where they are not at hand.
    """
    why: Mapping[str, Any] = order.routing
    if "outcome" not in why:
        return None
    if names is None:
        names = _names(why)
    return WhyHere(
        headline=_headline(order, why),
        is_automatic=why["outcome"] == "automatic",
        rule=_rule_words(why, names),
        chosen_by=str(CHOSEN_BY.get(why.get("chosen_by", ""), "")),
        statute=why.get("statute", ""),
        model=_model_words(why),
        words=[(word, weight) for word, weight in why.get("words", [])],
        suggestions=[
            ChoiceWords(code=code, name=names[code], basis="", probability=probability)
            for code, probability in why.get("suggestions", [])
            if code in names
        ][:3],
        choices=[
            ChoiceWords(
                code=code, name=names[code], basis=str(BASES[basis]), probability=probability
            )
            for code, basis, probability in why.get("choices", [])
            if code in names
        ],
        assisting=[names[code] for code in why.get("assisting", []) if code in names],
        reasons=reason_words(why),
    )


def reason_words(why: Mapping[str, Any]) -> list[str]:
    """Why a person decides, gravest first."""
    words = [str(REASONS[reason]) for reason in why.get("reasons", [])]
    if why["outcome"] == "broken":
        words.append(broken_words(BrokenRuleError(why["rule"], why["unit"])))
    return words


def broken_words(error: BrokenRuleError) -> str:
    """What is wrong with a rule in force."""
    return _("Rule %(rule)s names unit “%(unit)s”, which is not there.") % {
        "rule": error.rule,
        "unit": unit_words(error.unit, {}),
    }


def conflict_words(conflict: Conflict, areas: Mapping[str, str]) -> str:
    """What is wrong with a rule of a version, or which topic has none; `areas` are names by code."""
    value = conflict.value
    if conflict.problem == Problem.WRONG_LEVEL:
        value = str(dict(UnitLevel.choices)[UnitLevel(value)])
    elif conflict.problem == Problem.UNKNOWN_UNIT:
        value = unit_words(value, {})
    elif conflict.problem == Problem.COUNTY_LACKS:
        codes = [prefix.ljust(AREA_CODE_LENGTH, "0") for prefix in value.split(BETWEEN)]
        value = "、".join(areas.get(code, code) for code in codes)
    return str(PROBLEMS[conflict.problem]) % {"value": value, "other": conflict.other}


def county_names() -> dict[str, str]:
    """The names of the counties by code."""
    return dict(Area.objects.filter(level=AreaLevel.COUNTY).values_list("code", "name"))


def conflict_lines(found: Iterable[Conflict], *, is_error: bool) -> list[tuple[int | None, str]]:
    """The errors, or the warnings, as number of the rule and words."""
    areas = county_names()
    return [
        (conflict.rule, conflict_words(conflict, areas))
        for conflict in found
        if conflict.is_error == is_error
    ]


def _names(why: Mapping[str, Any]) -> dict[str, str]:
    lists = [why.get("suggestions", []), why.get("choices", [])]
    codes = {one[0] for each in lists for one in each} | set(why.get("assisting", []))
    codes.add(why.get("lead", ""))
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def _headline(order: WorkOrder, why: Mapping[str, Any]) -> str:
    if why["outcome"] == "automatic":
        return _("Dispatched by itself: directory and experience name the same unit.")
    if order.lead_unit_id:
        return _("A person chose the unit.")
    return _("A person chooses the unit.")


def _rule_words(why: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if why.get("rule") is None or "lead" not in why:
        return ""
    area = why["rule_area"]
    return _("Rule %(rule)s of version %(version)s: %(topic)s, %(area)s → %(unit)s") % {
        "rule": why["rule"],
        "version": why["directory"],
        "topic": why["rule_topic"] or _("every topic"),
        "area": area_words(area),
        "unit": _lead_words(why, names),
    }


def _lead_words(why: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The unit that a rule names, behind what it says of the county concerned."""
    unit = unit_words(why["lead"], names)
    written: str = why.get("written_lead", "")
    if not is_concerned(written):
        return unit
    return _("%(duty)s: %(unit)s") % {"duty": concerned_words(written), "unit": unit}


def area_words(prefix: str) -> str:
    """The name of the area whose code begins so; "whole city" where there is none."""
    if not prefix:
        return _("whole city")
    area = Area.objects.filter(code=prefix.ljust(12, "0")).first()
    return area.name if area else prefix


def _model_words(why: Mapping[str, Any]) -> str:
    if why.get("model") is None:
        return ""
    if why["threshold"] > 1:
        return _("Model %(version)s; too little is known yet to let orders go by themselves.") % {
            "version": why["model"]
        }
    return _("Model %(version)s; it must be %(share)s sure.") % {
        "version": why["model"],
        "share": f"{why['threshold']:.0%}",
    }
