"""A definition in words."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.indicators.models import DefinitionVersion
from civicloop.apps.indicators.shown.words import DIRECTIONS, KINDS, SCOPES, target_words, word_day
from civicloop.apps.indicators.words import PRICES, in_language, title_of, word_basis, word_unit
from civicloop.engines.indicators.definitions import (
    ChangeKind,
    Counted,
    Definition,
    Formula,
    Percentile,
    Stated,
)

Facts = list[tuple[str, str]]


def facts_of(version: DefinitionVersion, definition: Definition) -> Facts:
    """What somebody must know to read the figures: each with its name."""
    facts = [
        (_("Kind of figure"), str(KINDS[definition.kind])),
        (_("Unit of the figure"), _unit(definition)),
        (_("Direction"), str(DIRECTIONS[definition.direction])),
        (_("Rounding"), _("to %(decimals)s decimals, half to even, once") % {"decimals": definition.decimals}),
        (_("Change stated"), _change(definition)),
        (_("Ranked among"), _("nobody") if definition.scope is None else str(SCOPES[definition.scope])),
        *_limits(definition),
        (_("Source standard"), in_language(definition.source)),
        (_("Author of the definition"), in_language(definition.author)),
        (_("Checker"), in_language(definition.checker)),
        (_("Next review of the definition"), _review(definition)),
        (_("Version of the definition"), f"{version.number} · {word_day(version.recorded_at)} · {version.file}"),
        ("SHA-256", version.sha256),
    ]  # fmt: skip
    if definition.unverified:
        facts.append(
            (
                _("Not confirmed by a primary text"),
                _("; ").join(map(in_language, definition.unverified)),
            )
        )
    return facts


def _review(definition: Definition) -> str:
    day = word_day(definition.next_review_day)
    if definition.next_review_day < timezone.localdate():
        return _("%(day)s, overdue") % {"day": day}
    return day


def _unit(definition: Definition) -> str:
    return word_unit(definition.unit) or _("without a unit")


def _change(definition: Definition) -> str:
    return {
        ChangeKind.PERCENT: _("per cent of the figure of the same months a year before"),
        ChangeKind.POINTS: _("percentage points against the same months a year before"),
        ChangeKind.NONE: _("none is stated"),
    }[definition.change]


def _limits(definition: Definition) -> Facts:
    """Targets, prices, lists, small counts, freshness: as far as the definition says something."""
    found: Facts = [
        (_("Target of %(year)s") % {"year": year}, target_words(target, definition))
        for year, target in sorted(definition.targets.items())
    ]
    if definition.price_basis is not None:
        found.append((_("Prices"), str(PRICES[definition.price_basis])))
    if definition.parts:
        sums = _("; ").join(" + ".join(parts) for parts in definition.parts)
        found.append((_("Parts that add up to it"), sums))
    if definition.roster:
        found.append((_("List of members"), definition.roster))
    if definition.exclude:
        found.append((_("Left out"), ", ".join(definition.exclude)))
    if definition.smallest_published:
        found.append((_("Small counts"), _("below %(count)s not shown to the public") % {"count": definition.smallest_published}))  # fmt: skip
    if definition.hides_with:
        found.append((_("Hidden together with"), ", ".join(definition.hides_with)))
    if definition.fresh_days is not None:
        found.append((_("Fresh"), _("%(days)s days after the end of a period") % {"days": definition.fresh_days}))  # fmt: skip
    return found


def formula_of(
    version: DefinitionVersion, definition: Definition, titles: Mapping[str, str]
) -> Facts:
    """How the figure is made, with the very expressions that are evaluated."""
    content, calculation = version.content, definition.calculation
    if isinstance(calculation, Stated):
        return [(_("As a source states it"), calculation.series)]
    if isinstance(calculation, Formula):
        uses = [
            (name, f"{titles.get(code, code)} ({code})") for name, code in calculation.uses.items()
        ]
        numbers = [
            (
                word_basis(each.code, definition),
                ", ".join(f"{name} = {value}" for name, value in each.values.items()),
            )
            for each in calculation.editions
        ]
        return [(_("Formula"), str(content["formula"])), *uses, *numbers]
    facts = [(_("Rows of"), calculation.table)]
    if calculation.where is not None:
        facts.append((_("where"), str(content["where"])))
    if isinstance(calculation, Percentile):
        return [*facts, (_("Value of a row"), str(content["value"])), (_("Percentile"), f"{float(calculation.share):.0%}")]  # fmt: skip
    return [*facts, *_counted(content, calculation)]


def _counted(content: Mapping[str, object], calculation: Counted) -> Facts:
    facts = [(_("Numerator"), str(content["numerator"]))]
    if calculation.denominator is not None:
        facts.append((_("Denominator"), str(content["denominator"])))
    if calculation.times != 1:
        facts.append((_("Multiplied by"), str(calculation.times)))
    return facts


def titles_of(definitions: Mapping[DefinitionVersion, Definition]) -> dict[str, str]:
    """The titles of all indicators by their codes."""
    return {each.code: title_of(each) for each in definitions.values()}
