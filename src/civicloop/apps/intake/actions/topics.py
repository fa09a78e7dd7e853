"""Load a version of the topic tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import LimitCase, Topic, TopicTree
from civicloop.apps.places.models import Unit
from civicloop.apps.places.reference_files import (
    ReferenceCode,
    ReferenceProblem,
    ReferenceRow,
    read_reference_file,
    refuse,
)

TOPIC_COLUMNS = {
    "level1": ("一级分类", "一级类别", "一级标签", "level 1"),
    "level2": ("二级分类", "二级类别", "二级标签", "level 2"),
    "level3": ("三级分类", "三级类别", "三级标签", "level 3"),
    "code": ("类别编码", "编码", "代码"),
    "unit": ("承办单位", "责任单位"),
    "limit_case": ("时限类别", "响应类别", "case of limits"),
}
LIMIT_CASES = {
    "": "",
    "utilities": LimitCase.UTILITIES, "水电气热": LimitCase.UTILITIES, "水电气暖": LimitCase.UTILITIES,
    "complex": LimitCase.COMPLEX, "复杂": LimitCase.COMPLEX, "复杂事项": LimitCase.COMPLEX,
}  # fmt: skip
LEVELS = ("level1", "level2", "level3")
LONGEST_NAME = 60


class TopicTreeExistsError(RuntimeError):
    """Another tree is valid from this day on; a tree is never changed."""


@dataclass(slots=True, kw_only=True)
class Node:
    """A topic to be made."""

    names: tuple[str, ...]
    code: str = ""
    unit_id: int | None = None
    limit_case: str = ""  # of those below as well, unless they have their own
    children: dict[str, "Node"] = field(default_factory=dict)


def load_topics(
    *, file: Path, valid_from: date, day: date, actor: User | None, now: datetime
) -> TopicTree:
    """Make a new version of the topic tree from a table with a column for each level.

    The same table for the same day gives the tree that is there.

    Raises:
        TopicTreeExistsError: another table was loaded for this day.
        ReferenceFileError: a row is wrong; nothing was loaded.
        UnreadableFileError: the file is no table.
    """
    rows = read_reference_file(file, columns=TOPIC_COLUMNS, required=("level1",), day=day)
    units = {name: pk for pk, code, name in _units() for name in (name, code)}
    refuse(_problems(rows, units))
    root = _tree_of(rows, units)
    _number(root, "")
    _pass_cases_down(root)
    return _save(root, file, valid_from, actor, now)


def _units() -> Iterator[tuple[int, str, str]]:
    yield from Unit.objects.values_list("id", "code", "name")


def _names(row: ReferenceRow) -> tuple[str, ...]:
    return tuple(row.values[level] for level in LEVELS if row.values[level])


def _problems(rows: Sequence[ReferenceRow], units: dict[str, int]) -> Iterator[ReferenceProblem]:
    paths: set[tuple[str, ...]] = set()
    codes: set[str] = set()
    for row in rows:
        if row.values["level3"] and not row.values["level2"]:
            yield row.problem(ReferenceCode.GAP_IN_LEVELS, "level2")
        if _names(row) in paths:
            yield row.problem(ReferenceCode.TWICE, LEVELS[len(_names(row)) - 1])
        if row.values["code"] and row.values["code"] in codes:
            yield row.problem(ReferenceCode.TWICE, "code")
        yield from _wrong_words(row, units)
        paths.add(_names(row))
        codes.add(row.values["code"])


def _wrong_words(row: ReferenceRow, units: dict[str, int]) -> Iterator[ReferenceProblem]:
    if row.values["unit"] and row.values["unit"] not in units:
        yield row.problem(ReferenceCode.UNKNOWN_UNIT, "unit")
    if row.values["limit_case"].lower() not in LIMIT_CASES:
        yield row.problem(ReferenceCode.UNKNOWN_CASE, "limit_case")
    for level in LEVELS:
        if len(row.values[level]) > LONGEST_NAME or "/" in row.values[level]:
            yield row.problem(ReferenceCode.TOO_LONG, level)


def _tree_of(rows: Sequence[ReferenceRow], units: dict[str, int]) -> Node:
    root = Node(names=())
    for row in rows:
        node = root
        for name in _names(row):
            node = node.children.setdefault(name, Node(names=(*node.names, name)))
        node.code = row.values["code"]
        node.unit_id = units.get(row.values["unit"])
        node.limit_case = LIMIT_CASES[row.values["limit_case"].lower()]
    return root


def _pass_cases_down(node: Node) -> None:
    for child in node.children.values():
        child.limit_case = child.limit_case or node.limit_case
        _pass_cases_down(child)


def _number(node: Node, prefix: str) -> None:
    """Give a code to each topic without one: what its children's codes share, or its place."""
    taken = {child.code for child in node.children.values() if child.code}
    for place, child in enumerate(node.children.values(), 1):
        if not child.code:
            shared = _shared_code(child)
            child.code = shared if shared and shared not in taken else f"{prefix}{place:02d}"
            taken.add(child.code)
        _number(child, child.code)


def _shared_code(node: Node) -> str:
    """What a child's code leaves without its own two digits."""
    codes = {child.code[:-2] or "" for child in node.children.values() if child.code}
    below = {_shared_code(child)[:-2] for child in node.children.values() if not child.code}
    found = codes | below
    return found.pop() if len(found) == 1 else ""


def _nodes(node: Node) -> Iterator[Node]:
    for child in node.children.values():
        yield child
        yield from _nodes(child)


@transaction.atomic
def _save(root: Node, file: Path, valid_from: date, actor: User | None, now: datetime) -> TopicTree:
    existing = TopicTree.objects.filter(valid_from=valid_from).first()
    if existing is not None:
        known = set(existing.topics.values_list("code", "path", "limit_case"))
        if known != {(node.code, "/".join(node.names), node.limit_case) for node in _nodes(root)}:
            raise TopicTreeExistsError(valid_from)
        return existing
    tree = TopicTree.objects.create(name=file.stem[:60], valid_from=valid_from)
    made: dict[tuple[str, ...], Topic] = {}
    for level in (1, 2, 3):
        nodes = [node for node in _nodes(root) if len(node.names) == level]
        topics = [
            Topic(
                tree=tree,
                code=node.code,
                name=node.names[-1],
                level=level,
                parent=made.get(node.names[:-1]),
                path="/".join(node.names),
                unit_id=node.unit_id,
                limit_case=node.limit_case,
            )
            for node in nodes
        ]
        Topic.objects.bulk_create(topics)
        made |= dict(zip((node.names for node in nodes), topics, strict=True))
    record_event(
        action="load_topics",
        object_type="topic tree",
        object_id=tree.id,
        actor=actor,
        now=now,
        details={"file": file.name, "valid_from": valid_from.isoformat(), "count": len(made)},
    )
    return tree
