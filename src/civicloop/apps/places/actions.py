"""Load the city's areas and units."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.places.models import (
    AREA_CODE_LENGTH,
    CODE_PREFIX_LENGTH,
    Area,
    AreaLevel,
    Unit,
    UnitLevel,
)
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)

AREA_COLUMNS = {
    "code": ("区划代码", "代码", "编码"),
    "name": ("名称", "区划名称"),
    "level": ("级别", "层级"),
}
UNIT_COLUMNS = {
    "code": ("单位编码", "单位代码", "编码", "代码"),
    "name": ("单位名称", "名称"),
    "level": ("级别", "层级"),
    "area_code": ("区划代码", "所属区划", "area"),
}
AREA_LEVEL_WORDS = {
    "省": AreaLevel.PROVINCE,
    "省级": AreaLevel.PROVINCE,
    "市": AreaLevel.CITY,
    "市级": AreaLevel.CITY,
    "县": AreaLevel.COUNTY,
    "县级": AreaLevel.COUNTY,
    "区县": AreaLevel.COUNTY,
    "乡镇": AreaLevel.TOWNSHIP,
    "乡级": AreaLevel.TOWNSHIP,
    "街道": AreaLevel.TOWNSHIP,
    "村": AreaLevel.VILLAGE,
    "社区": AreaLevel.VILLAGE,
    "村级": AreaLevel.VILLAGE,
}
UNIT_LEVEL_WORDS = {
    **{
        word: UnitLevel(level.value)
        for word, level in AREA_LEVEL_WORDS.items()
        if level != "province"
    },
    "utility": UnitLevel.ENTERPRISE,
    "企业": UnitLevel.ENTERPRISE,
    "公共服务企业": UnitLevel.ENTERPRISE,
}
LONGEST_AREA_NAME = 60
LONGEST_UNIT_NAME = 100


def load_areas(*, file: Path, day: date, actor: User | None, now: datetime) -> int:
    """Add the areas of a table, or rename those that are there; gives their number.

    Raises:
        ReferenceFileError: a row is wrong; nothing was loaded.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(file, columns=AREA_COLUMNS, required=("code", "name"), day=day)
    refuse(_area_problems(rows))
    return _save_areas(rows, file, actor, now)


def _area_problems(rows: Sequence[ReferenceRow]) -> Iterator[ReferenceProblem]:
    codes = {_full_code(row) for row in rows}
    codes.update(Area.objects.values_list("code", flat=True))
    seen: set[str] = set()
    for row in rows:
        code, level = _full_code(row), _area_level(row)
        if not code.isdecimal() or len(code) != AREA_CODE_LENGTH:
            yield row.problem(ReferenceCode.WRONG_CODE, "code")
        elif code in seen:
            yield row.problem(ReferenceCode.TWICE, "code")
        elif level is None:
            yield row.problem(ReferenceCode.UNKNOWN_LEVEL, "level")
        elif level != AreaLevel.PROVINCE and _parent_code(code, level) not in codes:
            yield row.problem(ReferenceCode.UNKNOWN_PARENT, "code")
        if len(row.values["name"]) > LONGEST_AREA_NAME:
            yield row.problem(ReferenceCode.TOO_LONG, "name")
        seen.add(code)


def _full_code(row: ReferenceRow) -> str:
    return row.values["code"].ljust(AREA_CODE_LENGTH, "0")


def _area_level(row: ReferenceRow) -> AreaLevel | None:
    """The level as written or, without one, as the code's zeros tell it."""
    written = row.values["level"].lower()
    if written:
        by_word = AREA_LEVEL_WORDS.get(written)
        return by_word or (AreaLevel(written) if written in AreaLevel.values else None)
    code = _full_code(row)
    return next(
        level for level, length in CODE_PREFIX_LENGTH.items() if not code[length:].strip("0")
    )


def _parent_code(code: str, level: AreaLevel) -> str:
    above = list(AreaLevel)[list(AreaLevel).index(level) - 1]
    return code[: CODE_PREFIX_LENGTH[above]].ljust(AREA_CODE_LENGTH, "0")


@transaction.atomic
def _save_areas(rows: Sequence[ReferenceRow], file: Path, actor: User | None, now: datetime) -> int:
    by_code: dict[str, Area] = Area.objects.in_bulk(field_name="code")
    for level in AreaLevel:  # parents first
        areas = [
            Area(
                code=_full_code(row),
                name=row.values["name"],
                level=level,
                parent=None
                if level == AreaLevel.PROVINCE
                else by_code[_parent_code(_full_code(row), level)],
            )
            for row in rows
            if _area_level(row) == level
        ]
        Area.objects.bulk_create(
            areas,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "level", "parent"],
        )
        codes = [area.code for area in areas]
        by_code |= Area.objects.in_bulk(codes, field_name="code")
    _record("load_areas", "area", len(rows), file, actor, now)
    return len(rows)


def load_units(*, file: Path, day: date, actor: User | None, now: datetime) -> int:
    """Add the units of a table, or change those that are there; gives their number.

    Raises:
        ReferenceFileError: a row is wrong; nothing was loaded.
        UnreadableFileError: the file is no table.
    """
    required = ("code", "name", "level", "area_code")
    rows = read_reference_file(file, columns=UNIT_COLUMNS, required=required, day=day)
    areas = dict(Area.objects.values_list("code", "id"))
    refuse(_unit_problems(rows, areas))
    return _save_units(rows, areas, file, actor, now)


def _unit_problems(
    rows: Sequence[ReferenceRow], areas: dict[str, int]
) -> Iterator[ReferenceProblem]:
    seen: set[str] = set()
    for row in rows:
        if row.values["code"] in seen:
            yield row.problem(ReferenceCode.TWICE, "code")
        if _unit_level(row) is None:
            yield row.problem(ReferenceCode.UNKNOWN_LEVEL, "level")
        if _area_code(row) not in areas:
            yield row.problem(ReferenceCode.UNKNOWN_AREA, "area_code")
        if len(row.values["name"]) > LONGEST_UNIT_NAME:
            yield row.problem(ReferenceCode.TOO_LONG, "name")
        seen.add(row.values["code"])


def _unit_level(row: ReferenceRow) -> UnitLevel | None:
    written = row.values["level"].lower()
    by_word = UNIT_LEVEL_WORDS.get(written)
    return by_word or (UnitLevel(written) if written in UnitLevel.values else None)


def _area_code(row: ReferenceRow) -> str:
    return row.values["area_code"].ljust(AREA_CODE_LENGTH, "0")


@transaction.atomic
def _save_units(
    rows: Sequence[ReferenceRow],
    areas: dict[str, int],
    file: Path,
    actor: User | None,
    now: datetime,
) -> int:
    Unit.objects.bulk_create(
        [
            Unit(
                code=row.values["code"],
                name=row.values["name"],
                level=_unit_level(row) or "",
                area_id=areas[_area_code(row)],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "area"],
    )
    _record("load_units", "unit", len(rows), file, actor, now)
    return len(rows)


def _record(
    action: str, object_type: str, count: int, file: Path, actor: User | None, now: datetime
) -> None:
    record_event(
        action=action,
        object_type=object_type,
        object_id="",
        actor=actor,
        now=now,
        details={"file": file.name, "count": count},
    )
