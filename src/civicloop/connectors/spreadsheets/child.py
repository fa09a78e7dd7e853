"""The child process: limit itself, read one file, answer in messages. Started by ``sandbox``."""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from civicloop.connectors.lifeline import end_with_holder_of
from civicloop.connectors.spreadsheets.dates import TimeRules
from civicloop.connectors.spreadsheets.fields import Field
from civicloop.connectors.spreadsheets.inspecting import inspect_file, open_source
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import ImportMapping, mapping_from_json
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.sandbox import LENGTH
from civicloop.connectors.spreadsheets.shape import FileShape, shape_as_json, shape_from_json
from civicloop.connectors.spreadsheets.table import Message, SheetTable
from civicloop.connectors.spreadsheets.typing_columns import TableRules

Task = dict[str, Any]
_OPEN_FILES = 32


def main() -> None:  # pragma: no cover  runs in the child only
    """Read the task from standard input, answer on standard output."""
    task = read_task(sys.stdin.buffer)
    end_with_holder_of(sys.stdin.fileno())
    limit_self(Limits(**task["limits"]), int(task["cpu_seconds"]))
    run(task, sys.stdout.buffer)


def read_task(stream: BinaryIO) -> Task:  # pragma: no cover  runs in the child only
    """Read the one length-prefixed message that says what to do."""
    (length,) = LENGTH.unpack(stream.read(LENGTH.size))
    task: Task = json.loads(stream.read(length))
    return task


def limit_self(limits: Limits, seconds: int) -> None:  # pragma: no cover  runs in the child only
    """Give up the right to more memory, time and files than one honest file needs."""
    for kind, soft, hard in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, seconds, seconds + 1),  # SIGXCPU, which says why; SIGKILL later
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (soft, hard))


def run(task: Task, output: BinaryIO) -> None:
    """Do the task; whatever goes wrong is said in the last message."""
    try:
        for message in _TASKS[task["task"]](task):
            _send(message, output)
        _send({"done": True}, output)
    except UnreadableFileError as error:
        _send({"error": error.code, "params": error.params}, output)
    except MemoryError:
        params = {"limit": str(task["limits"]["memory_bytes"])}
        _send({"error": UnreadableCode.TOO_MUCH_MEMORY, "params": params}, output)
    except Exception as error:  # noqa: BLE001  the process is the boundary: the parent must hear
        params = {"detail": f"{type(error).__name__}: {error}"[:200]}
        _send({"error": UnreadableCode.READER_DIED, "params": params}, output)


def _send(message: Message, output: BinaryIO) -> None:
    body = json.dumps(message, ensure_ascii=False, check_circular=False).encode("utf-8", "replace")
    output.write(LENGTH.pack(len(body)))
    output.write(body)
    output.flush()


def _inspect(task: Task) -> Iterator[Message]:
    mapping = mapping_from_json(task["mapping"])
    shape = inspect_file(Path(task["path"]), mapping, Limits(**task["limits"]))
    yield {"shape": shape_as_json(shape)}


def _read(task: Task) -> Iterator[Message]:
    path, limits = Path(task["path"]), Limits(**task["limits"])
    shape, mapping = shape_from_json(task["shape"]), mapping_from_json(task["mapping"])
    if path.stat().st_size != shape.file_bytes:
        raise UnreadableFileError(UnreadableCode.CHANGED)
    usable = _usable_sheets(shape, mapping)
    source = open_source(
        path, shape.format, encoding=shape.encoding, delimiter=shape.delimiter, limits=limits
    )
    rules = TableRules(
        mapping=mapping,
        times=_time_rules(mapping, shape, date.fromisoformat(task["today"])),
        limits=limits,
        is_ragged_row_a_problem=source.is_ragged_row_a_problem,
    )
    for place, sheet in enumerate(shape.sheets):
        if place not in usable:
            yield {"sheet": place, "skipped": True}
            continue
        table = SheetTable(sheet, source.merges(sheet.index), rules)
        for message in table.messages(source.chunks(sheet.index)):
            yield {"sheet": place, **message}


def _usable_sheets(shape: FileShape, mapping: ImportMapping) -> set[int]:
    """Return the positions of the sheets that can give appeals: they have text, and times."""
    readable = {place for place, sheet in enumerate(shape.sheets) if sheet.is_readable}
    if not readable:
        raise UnreadableFileError(UnreadableCode.NO_TEXT_COLUMN)
    if not mapping.time_required or Field.RECEIVED_AT in mapping.constants:
        return readable
    timed = {place for place in readable if shape.sheets[place].has(Field.RECEIVED_AT)}
    if not timed:
        sheet = shape.sheets[min(readable)].name
        raise UnreadableFileError(UnreadableCode.NO_TIME_COLUMN, {"sheet": sheet})
    return timed


def _time_rules(mapping: ImportMapping, shape: FileShape, today: date) -> TimeRules:
    return TimeRules(
        zone=ZoneInfo(mapping.time_zone),
        first_day=mapping.earliest_day,
        last_day=today + timedelta(days=1),
        order=mapping.date_order,
        formats=mapping.date_formats,
        dates_from_1904=shape.dates_from_1904,
    )


_TASKS: dict[str, Callable[[Task], Iterator[Message]]] = {"inspect": _inspect, "read": _read}

if __name__ == "__main__":  # pragma: no cover  runs in the child only
    main()
