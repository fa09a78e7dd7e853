"""What a nasty file is: how it is made and what must come out.

Each entry makes one file and says what must come out: the appeals, the problems, the notes and
how many rows the file has in all, or the code with which it is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from civicloop.connectors.spreadsheets import ImportMapping, Limits

HEADER = "诉求编号,诉求时间,标题,诉求内容"
FIRST = "1001,2023-05-04 09:15:00,路灯不亮,青石路口的路灯坏了三天"
SECOND = "1002,2023-05-05 10:20:30,垃圾清运,小区东门垃圾没有人清"
PLAIN = f"{HEADER}\n{FIRST}\n{SECOND}\n"
TABLE = [line.split(",") for line in PLAIN.splitlines()]


NO_MAPPING = ImportMapping()
LIMITS = Limits()
FEW = Limits(batch_rows=1, max_rows=2)
SHORT = Limits(max_line_characters=100, batch_characters=1)
TEXT = "长" * 300


@dataclass(frozen=True)
class Nasty:
    name: str
    make: Callable[[Path], object]
    good: int = 0
    problems: tuple[str, ...] = ()  # codes, in any order
    notes: dict[str, int] = field(default_factory=lambda: {"header": 1})
    rows: int | None = None  # of the file; None: good + problem rows + notes
    refused: str = ""
    suffix: str = ".csv"
    mapping: ImportMapping = NO_MAPPING
    limits: Limits = LIMITS


def nasty_csv(name: str, content: str | bytes, **expected: object) -> Nasty:
    data = content.encode() if isinstance(content, str) else content
    return Nasty(name, lambda path: path.write_bytes(data), **expected)


def nasty_file(name: str, make: Callable[[Path], object], **expected: object) -> Nasty:
    expected.setdefault("suffix", ".xlsx")
    return Nasty(name, make, **expected)
