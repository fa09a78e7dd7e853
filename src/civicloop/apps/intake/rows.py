"""Turn a row of a file into an appeal: its number, its content's hash, its place, its topic."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.content_hashes import ContentHasher
from civicloop.apps.intake.models import TopicBasis
from civicloop.apps.intake.names import NameBook
from civicloop.apps.intake.writing import (
    APPEAL_COLUMNS,
    bulk_writer,
    read_moment,
    stored_moment_writer,
)
from civicloop.connectors.spreadsheets import Problem, ProblemCode, Row, Values

LONGEST_SOURCE_KEY = 100
LONGEST_SUBJECT = 500
LONGEST_ADDRESS = 500
MOST_VOTES = 2_147_483_647  # what an integer column of PostgreSQL holds
_NO_TOPIC, _IMPORTED_TOPIC = TopicBasis.NONE.value, TopicBasis.IMPORTED.value
JsonProblem = dict[str, Any]
Word = TypeVar("Word")
Found = TypeVar("Found")


# whether a row says something in these fields: their columns hold a value even where it does not
SAID = ("channel", "kind", "received_at", "support", "oppose", "reply", "replied_at")


class Candidate(NamedTuple):
    """A row on its way in, of plain values that another process can be sent."""

    sheet: str
    number: int
    cells_text: str
    source_key: str
    content_hash: str
    problems: list[JsonProblem]
    columns: tuple[Any, ...]  # APPEAL_COLUMNS without the id; empty when there are problems
    said: tuple[bool, ...]  # SAID; empty when there are problems
    prepared: Any  # the columns as the database takes them; none when there are problems

    def says(self, field: str) -> bool:
        """Whether the row has something in one of the fields of SAID."""
        return self.said[SAID.index(field)]

    def column(self, name: str) -> Any:  # noqa: ANN401  as many kinds as columns
        """What a row without problems holds in a column of the appeal."""
        return self.columns[_PLACES[name]]


_PLACES = {name: place for place, name in enumerate(APPEAL_COLUMNS[1:])}


class RowConverter:
    """Converts the rows of one file, in file order."""

    def __init__(self, *, source: str, names: NameBook, missing_time: datetime) -> None:
        self._source = source
        self._names = names
        self._stored = stored_moment_writer()
        self._prepared = bulk_writer().prepared
        self._missing_time = self._moment(missing_time.astimezone(UTC))
        self._callers = CallerKeys(source)
        self._hasher = ContentHasher()
        self._seen: Counter[str] = Counter()

    def candidates(self, rows: Sequence[Row]) -> list[Candidate]:
        """The rows in their order.

        Column by column: a name is looked up once for all rows that have it, and a row costs a
        third of what it costs alone.
        """
        contents = [self._hasher.keyed(row.digest) for row in rows]
        keys = [row.values.id or self._fingerprint(row.digest) for row in rows]
        problems = [
            [as_json(problem) for problem in row.problems] or _too_long(row, key)
            for row, key in zip(rows, keys, strict=True)
        ]
        good = [place for place, found in enumerate(problems) if not found]
        columns: list[tuple[Any, ...]] = [()] * len(rows)
        said: list[tuple[bool, ...]] = [()] * len(rows)
        prepared: list[Any] = [None] * len(rows)
        stored, is_said = self._stored_rows(rows, keys, contents, good)
        for place, values, ready, are in zip(
            good, stored, self._prepared(stored), is_said, strict=True
        ):
            columns[place], said[place], prepared[place] = values, are, ready
        sheets, numbers, cells, *_ = zip(*rows, strict=True) if rows else ((), (), ())
        of = (sheets, numbers, cells, keys, contents, problems, columns, said, prepared)
        return list(map(Candidate, *of))

    def _fingerprint(self, digest: str) -> str:
        """A number for a row that has none: its content, and the how-manieth such row it is."""
        content = self._hasher.keyed_fingerprint(digest)
        self._seen[content] += 1
        return f"~{content}-{self._seen[content]}"

    def _stored_rows(
        self, rows: Sequence[Row], keys: Sequence[str], contents: Sequence[str], good: Sequence[int]
    ) -> tuple[list[tuple[Any, ...]], Iterable[tuple[bool, ...]]]:
        """APPEAL_COLUMNS without the id, and SAID, of the rows at these places."""
        if not good:
            return [], []
        names = self._names
        said = [rows[place].values for place in good]
        of = dict(zip(Values._fields, zip(*said, strict=True), strict=True))  # the columns
        levels = zip(*(of[name] for name in Values._fields[11:15]), strict=True)
        areas = _of_each(names.area, of["area"])
        topics = [found.topic_id for found in _of_each(names.topic, list(levels))]
        names.warnings.add("missing_time", rows=of["received_at"].count(None))
        columns = zip(
            repeat(self._source),
            [keys[place] for place in good],
            [contents[place] for place in good],
            _of_each(names.channel_id, of["channel"]),
            _of_each(names.kind, of["kind"]),
            of["subject"],
            of["text"],
            map(self._callers.key, said),
            [self._missing_time if at is None else self._moment(at) for at in of["received_at"]],
            [area.area_id for area in areas],
            [area.county_id for area in areas],
            of["address"],
            topics,
            [_NO_TOPIC if topic is None else _IMPORTED_TOPIC for topic in topics],
            [votes or 0 for votes in of["support"]],
            [votes or 0 for votes in of["oppose"]],
            of["reply"],
            [None if at is None else self._moment(at) for at in of["replied_at"]],
            [not (reply or at) for reply, at in zip(of["reply"], of["replied_at"], strict=True)],
        )
        return list(columns), zip(*(_is_said(of[field]) for field in SAID), strict=True)

    def _moment(self, moment: datetime) -> str:
        return self._stored(whole_seconds(moment))


def _of_each(find: Callable[[Word, int], Found], words: Sequence[Word]) -> list[Found]:
    """What each word means; `find` is asked once for a word, and told how many rows have it."""
    found = {word: find(word, rows) for word, rows in Counter(words).items()}
    return [found[word] for word in words]


def _is_said(column: Sequence[str | int | datetime | None]) -> list[bool]:
    return [value is not None and value != "" for value in column]


def whole_seconds(moment: datetime) -> datetime:
    """Lists and the search index keep order by the second; the original row keeps the rest."""
    return moment.replace(microsecond=0) if moment.microsecond else moment


def as_json(problem: Problem) -> JsonProblem:
    return {
        "code": problem.code.value,
        "column": problem.column,
        "header": problem.header,
        "value": problem.value,
        "params": dict(problem.params),
    }


def _too_long(row: Row, key: str) -> list[JsonProblem]:
    """Values that are longer than their columns in the database."""
    values = row.values
    if (
        len(key) <= LONGEST_SOURCE_KEY
        and len(values.subject) <= LONGEST_SUBJECT
        and len(values.address) <= LONGEST_ADDRESS
    ):
        return []
    limits = (
        (key, LONGEST_SOURCE_KEY),
        (values.subject, LONGEST_SUBJECT),
        (values.address, LONGEST_ADDRESS),
    )
    return [
        problem_of(ProblemCode.TOO_LONG, value=value, characters=len(value), limit=limit)
        for value, limit in limits
        if len(value) > limit
    ]


def said_details(candidate: Candidate) -> dict[str, Any]:
    """What a row says beyond the citizen's own words, by column; an empty cell says nothing."""
    has_area = candidate.column("area_id") is not None
    has_topic = candidate.column("topic_id") is not None
    is_said = {
        "channel_id": candidate.says("channel"),
        "kind": candidate.says("kind"),
        "area_id": has_area,
        "county_id": has_area,
        "topic_id": has_topic,
        "topic_basis": has_topic,
        "support_votes": candidate.says("support"),
        "oppose_votes": candidate.says("oppose"),
        "reply_text": candidate.says("reply"),
    }
    said = {name: candidate.column(name) for name in is_said if is_said[name]}
    if candidate.says("replied_at"):
        said["replied_at"] = read_moment(candidate.column("replied_at"))
    return said


def problem_of(code: str, *, value: str, **params: str | int) -> JsonProblem:
    return {
        "code": str(code),
        "column": "",
        "header": "",
        "value": value[:200],
        "params": {name: str(param) for name, param in params.items()},
    }
