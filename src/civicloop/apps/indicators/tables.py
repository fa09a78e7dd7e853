"""The figures of a series as a table to be taken along, with what they are and how they were made."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.indicators.models import DefinitionVersion, Figure
from civicloop.apps.indicators.queries.newest import year_before
from civicloop.apps.indicators.words import in_language, title_of, word_basis, word_unit
from civicloop.engines.indicators.definitions import Definition

Cell = str | int | Decimal


def figure_table(
    version: DefinitionVersion,
    definition: Definition,
    area: str,
    figures: Sequence[Figure],
    hidden: Collection[str],
) -> Iterator[list[Cell]]:
    """Yield lines that begin with # and say what follows, a header, the figures.

    Args:
        version: of the definition that is in force.
        definition: what the version holds.
        area: its name.
        figures: of one area and kind of period.
        hidden: periods whose figure the reader may not see.
    """
    yield ["# " + _("indicator"), definition.code, title_of(definition)]
    yield ["# " + _("area"), area]
    yield ["# " + _("unit of the figure"), word_unit(definition.unit)]
    yield ["# " + _("definition"), _("version %(number)s") % {"number": version.number}, f"SHA-256 {version.sha256}"]  # fmt: skip
    yield ["# " + _("source"), in_language(definition.source)]
    yield ["# " + _("author and checker"), in_language(definition.author), in_language(definition.checker)]  # fmt: skip
    yield ["# " + _("next review"), definition.next_review_day.isoformat()]
    for edition in sorted({each.basis for each in figures if each.basis}):
        yield ["# " + _("edition or list"), word_basis(edition, definition)]
    if figures:
        newest = max(each.run.as_of for each in figures)
        yield ["# " + _("as known at"), timezone.localtime(newest).isoformat(timespec="seconds")]
    yield [
        _("period"), _("last day"), _("value"), _("status"), _("numerator"), _("denominator"),
        _("change in a year"), _("unit of the change"), _("place among peers"), _("peers"), _("light"), _("edition or list"),
        _("as known at"), _("definition"), _("inputs"),
    ]  # fmt: skip
    for each in figures:
        yield _row(
            each,
            definition,
            is_hidden=each.period in hidden,
            is_change_hidden=year_before(each) in hidden,
        )


def _row(
    each: Figure, definition: Definition, *, is_hidden: bool, is_change_hidden: bool
) -> list[Cell]:
    known_at = timezone.localtime(each.run.as_of).isoformat(timespec="seconds")
    made_of = [known_at, f"SHA-256 {each.definition.sha256}", f"SHA-256 {each.input_digest}"]
    if is_hidden:
        why = _("not shown: too few")
        return [each.period, each.last_day.isoformat(), "", why, *[""] * 8, *made_of]
    first = each.comparisons[0]
    is_changed = bool(first["change"]) and not is_change_hidden
    return [
        each.period,
        each.last_day.isoformat(),
        "" if each.value is None else Decimal(f"{each.value:.{definition.decimals}f}"),
        each.why_none or each.status,
        each.numerator,
        each.denominator,
        Decimal(str(first["change"])) if is_changed else "",
        first["unit"] if is_changed else "",
        each.rank or "",
        each.rank_of or "",
        each.light,
        word_basis(each.basis, definition),
        *made_of,
    ]
