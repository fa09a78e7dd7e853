"""From the fields of a definition to a definition, or to the one fault that stops it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civicloop.engines.indicators.checking import Shape, shape_of
from civicloop.engines.indicators.definitions import (
    CHANGE_OF_KIND,
    Calculation,
    ChangeKind,
    Counted,
    Definition,
    Direction,
    Formula,
    Kind,
    Parameters,
    Percentile,
    PriceBasis,
    Scope,
    Stated,
    Target,
)
from civicloop.engines.indicators.expressions import Expression, Type, names_in
from civicloop.engines.indicators.faults import DefinitionError, ExpressionError, Fault
from civicloop.engines.indicators.fields import Fields
from civicloop.engines.indicators.formulas import check_formula
from civicloop.engines.indicators.parts import ADDITIVE
from civicloop.engines.indicators.periods import PeriodKind
from civicloop.engines.indicators.tables import COMMON, Column, Table

CODE = re.compile(r"[a-z][a-z0-9_]{0,30}(\.[a-z][a-z0-9_]{0,40}){1,3}")
_CALCULATIONS = ("table", "stated", "formula")
_PERCENT = 100


def read_definition(
    code: str, content: Mapping[str, object], tables: Mapping[str, Table]
) -> Definition:
    """Read one definition.

    Args:
        code: its name, such as air.good_share.
        content: its fields as TOML gives them, decimal numbers as Decimal.
        tables: the tables of facts there are, by their codes.

    Raises:
        DefinitionError: it cannot be used; the error names the field.
    """
    if not CODE.fullmatch(code):
        raise DefinitionError(Fault.WRONG_VALUE, code=code, word=code[:40], known="air.good_share")
    fields = Fields(code, content)
    kind = fields.word("kind", Kind)
    unit = fields.text("unit")
    exclude = fields.texts("exclude")
    definition = Definition(
        code=code,
        title=fields.by_language("title"),
        unit=unit,
        kind=kind,
        direction=fields.word("direction", Direction),
        calculation=_calculation(fields, unit, exclude, tables),
        periods=_periods(fields),
        decimals=fields.whole("decimals", default=_decimals(kind), most=6) or 0,
        change=fields.word(
            "change", ChangeKind, CHANGE_OF_KIND.get(kind, ChangeKind.PERCENT)
        ),
        change_decimals=fields.whole("change_decimals", default=1, most=6) or 0,
        scope=_scope(fields, "rank"),
        gap_to=_scope(fields, "gap_to"),
        adds_up=fields.flag("adds_up"),
        parts=fields.lists("parts"),
        least_denominator=fields.whole("least_denominator", default=0) or 0,
        least_share_of_days=_share(fields, "least_share_of_days"),
        exclude=exclude,
        roster=fields.text("roster", default=""),
        targets=_targets(fields),
        bounds=_bounds(fields, kind, unit),
        price_basis=_price_basis(fields),
        smallest_published=fields.whole("smallest_published", default=0, most=1000) or 0,
        hides_with=fields.texts("hides_with"),
        fresh_days=fields.whole("fresh_days", default=None, most=3660),
        author=fields.words("author"),
        checker=fields.words("checker"),
        source=fields.words("source"),
        next_review_day=_needed_day(fields, "next_review"),
        unverified=fields.several_words("unverified"),
    )  # fmt: skip
    fields.finish()
    _refuse_contradictions(definition, fields)
    return definition


def _decimals(kind: Kind) -> int:
    return 1 if kind in {Kind.RATE, Kind.GROWTH} else 0


def _needed_day(fields: Fields, name: str) -> date:
    day = fields.day(name)
    if day is None:
        raise fields.error(Fault.MISSING, name)
    return day


def _calculation(
    fields: Fields, unit: str, exclude: tuple[str, ...], tables: Mapping[str, Table]
) -> Calculation:
    chosen = [name for name in _CALCULATIONS if name in fields.names]
    if len(chosen) != 1:
        fault = Fault.WRONG_COMBINATION if chosen else Fault.MISSING
        raise fields.error(fault, chosen[0] if chosen else "table", other=" / ".join(_CALCULATIONS))
    if chosen == ["stated"]:
        return Stated(series=fields.text("stated"))
    if chosen == ["formula"]:
        return _formula(fields)
    return _of_rows(fields, unit, exclude, tables)


def _of_rows(
    fields: Fields, unit: str, exclude: tuple[str, ...], tables: Mapping[str, Table]
) -> Counted | Percentile:
    name = fields.text("table")
    if name not in tables:
        known = ", ".join(sorted(tables))
        raise fields.error(Fault.UNKNOWN_TABLE, "table", word=name[:40], known=known)
    columns = {**COMMON, **tables[name].columns}
    for flag in exclude:
        if columns.get(flag, Column(type=Type.TEXT)).type is not Type.FLAG:
            known = ", ".join(sorted(n for n, c in columns.items() if c.type is Type.FLAG))
            raise fields.error(Fault.WRONG_VALUE, "exclude", word=flag[:40], known=known)
    where = _checked(fields, "where", columns, (Type.FLAG,), is_needed=False)
    share = _share(fields, "percentile")
    if share is not None:
        value = _needed(fields, "value", columns, (Type.NUMBER,))
        return Percentile(table=name, where=where, value=value, share=share)
    both = (Type.FLAG, Type.NUMBER)
    numerator = _needed(fields, "numerator", columns, both)
    denominator = _checked(fields, "denominator", columns, both, is_needed=False)
    default = _PERCENT if unit == "%" and denominator is not None else 1
    times = fields.whole("times", default=default) or default
    return Counted(
        table=name, where=where, numerator=numerator, denominator=denominator, times=times
    )


def _needed(
    fields: Fields, name: str, columns: Mapping[str, Column], types: tuple[Type, ...]
) -> Expression:
    expression = _checked(fields, name, columns, types, is_needed=True)
    if expression is None:  # pragma: no cover  a missing one was refused
        raise fields.error(Fault.MISSING, name)
    return expression


def _checked(
    fields: Fields,
    name: str,
    columns: Mapping[str, Column],
    types: tuple[Type, ...],
    *,
    is_needed: bool,
) -> Expression | None:
    expression = fields.expression(name, is_needed=is_needed)
    if expression is None:
        return None
    try:
        shape: Shape = shape_of(expression, columns)
    except ExpressionError as error:
        raise fields.error(error.fault, name, **error.params) from None
    if shape.type not in types:
        wanted = " / ".join(types)
        raise fields.error(Fault.WRONG_TYPE, name, position=1, wanted=wanted, found=shape.type)
    return expression


def _formula(fields: Fields) -> Formula:
    formula = fields.expression("formula")
    uses = fields.table("uses")
    if formula is None or uses is None:
        raise fields.error(Fault.MISSING, "uses")
    used = {name: uses.text(name) for name in uses.names}
    editions = tuple(map(_parameters, fields.tables("editions")))
    parameters = {name for edition in editions for name in edition.values}
    known = parameters | set(used)
    if any(set(edition.values) != parameters for edition in editions):
        known_names = ", ".join(sorted(parameters))
        raise fields.error(Fault.WRONG_VALUE, "editions", word="values", known=known_names)
    if parameters & set(used):
        raise fields.error(Fault.WRONG_COMBINATION, "editions", other="uses")
    for name in names_in(formula) - known:
        listed = ", ".join(sorted(known))
        raise fields.error(Fault.UNKNOWN_NAME, "formula", word=name, position=1, known=listed)
    try:
        check_formula(formula)
    except ExpressionError as error:
        raise fields.error(error.fault, "formula", **error.params) from None
    return Formula(formula=formula, uses=used, editions=editions)


def _parameters(fields: Fields) -> Parameters:
    values = fields.table("values")
    if values is None:
        raise fields.error(Fault.MISSING, "values")
    numbers = {name: values.number(name) for name in values.names}
    edition = Parameters(
        code=fields.text("code"),
        valid_from=fields.day("valid_from"),
        valid_to=fields.day("valid_to"),
        values={name: number for name, number in numbers.items() if number is not None},
    )
    fields.finish()
    return edition


def _periods(fields: Fields) -> frozenset[PeriodKind]:
    words = fields.texts("periods")
    if not words:
        raise fields.error(Fault.MISSING, "periods")
    for word in words:
        if word not in set(PeriodKind):
            known = ", ".join(PeriodKind)
            raise fields.error(Fault.WRONG_VALUE, "periods", word=word[:40], known=known)
    return frozenset(map(PeriodKind, words))


def _scope(fields: Fields, name: str) -> Scope | None:
    return fields.word(name, Scope) if name in fields.names else None


def _price_basis(fields: Fields) -> PriceBasis | None:
    name = "price_basis"
    return fields.word(name, PriceBasis) if name in fields.names else None


def _share(fields: Fields, name: str) -> Fraction | None:
    share = fields.number(name)
    if share is None:
        return None
    if not 0 <= share <= 1:
        raise fields.error(Fault.WRONG_VALUE, name, word=str(share), known="0 … 1")
    return Fraction(share)


def _targets(fields: Fields) -> Mapping[int, Target]:
    table = fields.table("target")
    if table is None:
        return {}
    found = {}
    for year in table.names:
        lights = table.table(year)
        if lights is None or not re.fullmatch(r"[12][0-9]{3}", year):
            known = "2026 = { green = 85, amber = 80 }"
            raise fields.error(
                Fault.WRONG_VALUE, f"target.{year}"[:60], word=year[:40], known=known
            )
        found[int(year)] = read_target(lights)
    return found


def read_target(lights: Fields) -> Target:
    """Read from which values on a light is green, or amber.

    Raises:
        DefinitionError: one is missing, or something else stands there.
    """
    green, amber = lights.number("green"), lights.number("amber")
    lights.finish()
    if green is None or amber is None:
        raise lights.error(Fault.MISSING, "green" if green is None else "amber")
    return Target(green=green, amber=amber)


def _bounds(fields: Fields, kind: Kind, unit: str) -> tuple[Decimal | None, Decimal | None]:
    least, most = fields.number("least"), fields.number("most")
    if least is None and kind not in {Kind.GROWTH, Kind.LEVEL}:
        least = Decimal(0)
    if most is None and kind is Kind.RATE and unit == "%":
        most = Decimal(_PERCENT)
    return least, most


def _is_one(name: str, other: str) -> bool:
    return name.strip().casefold() == other.strip().casefold()


def _refuse_contradictions(definition: Definition, fields: Fields) -> None:
    if definition.gap_to and CHANGE_OF_KIND.get(definition.kind) is not ChangeKind.POINTS:
        raise fields.error(Fault.WRONG_COMBINATION, "gap_to", other="kind")
    if any(
        _is_one(name, definition.checker[language]) for language, name in definition.author.items()
    ):
        raise fields.error(Fault.SAME_PERSON, "checker")
    if definition.direction is Direction.NONE and (definition.scope or definition.targets):
        other = "rank" if definition.scope else "target"
        raise fields.error(Fault.WRONG_COMBINATION, "direction", other=other)
    is_counted = isinstance(definition.calculation, Counted | Percentile)
    hides_small = bool(definition.smallest_published)
    for field, is_asked, is_right, other in (
        ("exclude", bool(definition.exclude), is_counted, "table"),
        ("roster", bool(definition.roster), is_counted, "table"),
        ("adds_up", definition.adds_up, is_counted, "table"),
        ("parts", bool(definition.parts), definition.kind in ADDITIVE, "kind"),
        ("hides_with", bool(definition.hides_with), hides_small, "smallest_published"),
    ):
        if is_asked and not is_right:
            raise fields.error(Fault.WRONG_COMBINATION, field, other=other)
    up, down = definition.direction is Direction.UP, definition.direction is Direction.DOWN
    for year, target in definition.targets.items():
        if (up and target.green < target.amber) or (down and target.green > target.amber):
            raise fields.error(Fault.WRONG_COMBINATION, f"target.{year}", other="direction")
