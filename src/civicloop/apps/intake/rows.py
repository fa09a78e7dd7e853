"""Turn a row of a file into an appeal: its number, its content's hash, its place, its topic."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from civicloop.apps.intake.callers import CallerKeys
from civicloop.apps.intake.content_hashes import ContentHasher
from civicloop.apps.intake.models import TopicBasis
from civicloop.apps.intake.names import NameBook
from civicloop.apps.intake.writing import APPEAL_COLUMNS, moment_writer
from civicloop.connectors.spreadsheets import Problem, ProblemCode, Row, Values

LONGEST_SOURCE_KEY = 100
LONGEST_SUBJECT = 500
LONGEST_ADDRESS = 500
MOST_VOTES = 2_147_483_647  # what an integer column of PostgreSQL holds
JsonProblem = dict[str, Any]


class Candidate(NamedTuple):
    """A row on its way in."""

    row: Row
    source_key: str
    content_hash: str
    problems: list[JsonProblem]
    columns: tuple[Any, ...]  # APPEAL_COLUMNS without the id; empty when there are problems


class RowConverter:
    """Converts the rows of one file, in file order."""

    def __init__(self, *, source: str, names: NameBook, missing_time: datetime) -> None:
        self._source = source
        self._names = names
        self._stored = moment_writer()
        self._missing_time = self._stored(whole_seconds(missing_time.astimezone(UTC)))
        self._callers = CallerKeys(source)
        self._hasher = ContentHasher()
        self._seen: Counter[str] = Counter()

    def candidates(self, rows: Iterable[Row]) -> list[Candidate]:
        return [self._candidate(row) for row in rows]

    def _candidate(self, row: Row) -> Candidate:
        values = row.values
        content = self._hasher.keyed(row.digest)
        key = values.id or self._fingerprint(row.digest)
        problems = [as_json(problem) for problem in row.problems] or _too_long(row, key)
        columns = () if problems else self._columns(values, key, content)
        return Candidate(row, key, content, problems, columns)

    def _fingerprint(self, digest: str) -> str:
        """A number for a row that has none: its content, and the how-manieth such row it is."""
        content = self._hasher.keyed_fingerprint(digest)
        self._seen[content] += 1
        return f"~{content}-{self._seen[content]}"

    def _columns(self, values: Values, key: str, content: str) -> tuple[Any, ...]:
        names = self._names
        area = names.area(values.area)
        topic = names.topic(values[11:15])
        if values.received_at is None:
            names.warnings.add("missing_time")
        received_at, replied_at = values.received_at, values.replied_at
        return (
            self._source,
            key,
            content,
            names.channel_id(values.channel),
            names.kind(values.kind),
            values.subject,
            values.text,
            self._callers.key(values),
            self._stored(whole_seconds(received_at)) if received_at else self._missing_time,
            area.area_id,
            area.county_id,
            values.address,
            topic.topic_id,
            (TopicBasis.NONE if topic.topic_id is None else TopicBasis.IMPORTED).value,
            values.support or 0,
            values.oppose or 0,
            values.reply,
            self._stored(whole_seconds(replied_at)) if replied_at else None,
            not values.reply and replied_at is None,
        )


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
    values = candidate.row.values
    columns = dict(zip(APPEAL_COLUMNS[1:], candidate.columns, strict=True))
    is_said = {
        "channel_id": bool(values.channel),
        "kind": bool(values.kind),
        "area_id": columns["area_id"] is not None,
        "county_id": columns["area_id"] is not None,
        "topic_id": columns["topic_id"] is not None,
        "topic_basis": columns["topic_id"] is not None,
        "support_votes": values.support is not None,
        "oppose_votes": values.oppose is not None,
        "reply_text": bool(values.reply),
    }
    said = {name: columns[name] for name in is_said if is_said[name]}
    if values.replied_at:
        said["replied_at"] = whole_seconds(values.replied_at)
    return said


def problem_of(code: str, *, value: str, **params: str | int) -> JsonProblem:
    return {
        "code": str(code),
        "column": "",
        "header": "",
        "value": value[:200],
        "params": {name: str(param) for name, param in params.items()},
    }
