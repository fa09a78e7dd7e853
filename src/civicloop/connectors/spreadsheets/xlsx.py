"""Read .xlsx and .xlsm files row by row, with memory for the shared strings only.

Why not calamine here, as for the other workbook formats: it builds the whole sheet as a rectangle
in memory (150,000 rows of eight columns are more than the child may have, and two cells in
opposite corners more than any machine has); it says nothing of formulas that were never computed,
and it turns an 18-digit number into a float before anybody can see that.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import column_index
from civicloop.connectors.spreadsheets.sources import Chunk, SheetInfo, VerticalMerge
from civicloop.connectors.spreadsheets.xlsx_archive import (
    OVERLAP,
    Attributes,
    WorkbookArchive,
    local_name,
    make_parser,
    refuse_damaged,
)
from civicloop.connectors.spreadsheets.xlsx_cells import SheetParser

_MERGE = re.compile(rb'mergeCell\s[^>]{0,99}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_ROW = re.compile(rb"[<:]row[\s>/]")
_OFFICE_DOCUMENT = "/officeDocument"


class XlsxSource:
    """One workbook."""

    is_ragged_row_a_problem = False

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._archive = WorkbookArchive(path, limits)
        self._workbook = _Workbook(self._archive)
        self._sheet_parts = self._workbook.sheet_parts
        if len(self._sheet_parts) > limits.max_sheets:
            params = {"sheets": str(len(self._sheet_parts)), "limit": str(limits.max_sheets)}
            raise UnreadableFileError(UnreadableCode.TOO_MANY_SHEETS, params)
        self.sheets = self._workbook.sheets
        self.dates_from_1904 = self._workbook.dates_from_1904
        self._strings: list[str] | None = None
        self._scans: dict[int, tuple[int, list[VerticalMerge]]] = {}

    def chunks(self, sheet: int) -> Iterator[Chunk]:
        """Yield the rows of a sheet that hold anything."""
        if self._strings is None:
            self._strings = self._archive.strings(self._workbook.part("/sharedStrings"))
        styles = self._archive.date_styles(self._workbook.part("/styles"))
        parser = SheetParser(
            sheet=self.sheets[sheet].name,
            strings=self._strings,
            date_styles=styles,
            dates_from_1904=self.dates_from_1904,
            limits=self._limits,
        )
        for _ in self._archive.feed(self._sheet_parts[sheet], parser.expat):
            if parser.is_full:
                yield parser.take()
        if (rest := parser.take()).rows:
            yield rest

    def merges(self, sheet: int) -> list[VerticalMerge]:
        """Return the merged cells; they stand behind the rows, so the part is searched first."""
        return self._scan(sheet)[1]

    def row_estimate(self, sheet: int, *, sampled_rows: int) -> int:
        """Return how many rows the sheet writes down."""
        return max(sampled_rows, self._scan(sheet)[0])

    def _scan(self, sheet: int) -> tuple[int, list[VerticalMerge]]:
        if sheet not in self._scans:
            rows, merges = 0, []
            for piece in self._archive.overlapping(self._sheet_parts[sheet]):
                rows += len(_ROW.findall(piece, OVERLAP))
                if b"mergeCell" in piece:
                    merges += _vertical_merges(piece)
                self._check_rows(rows, sheet)
            self._scans[sheet] = (rows, list(dict.fromkeys(merges)))
        return self._scans[sheet]

    def _check_rows(self, rows: int, sheet: int) -> None:
        if rows > self._limits.max_rows:
            params = {"sheet": self.sheets[sheet].name, "limit": str(self._limits.max_rows)}
            raise UnreadableFileError(UnreadableCode.TOO_MANY_ROWS, params)


def _vertical_merges(piece: bytes) -> list[VerticalMerge]:
    return [
        VerticalMerge(int(match[2]), int(match[4]), column_index(match[1].decode()))
        for match in _MERGE.finditer(piece)
        if int(match[4]) > int(match[2])
    ]


class _Workbook:
    """The table of contents of a workbook."""

    def __init__(self, archive: WorkbookArchive) -> None:
        self.dates_from_1904 = False
        self._listed: list[tuple[str, str, bool]] = []  # name, relation id, hidden
        part = self._main_part(archive)
        archive.parse(part, make_parser(self._start))
        self._relations = archive.relations(part)
        present = [entry for entry in self._listed if self._is_worksheet(entry[1])]
        self.sheet_parts = [self._relations[relation][1] for _, relation, _ in present]
        self.sheets = tuple(
            SheetInfo(name=name, index=index, is_hidden=is_hidden)
            for index, (name, _, is_hidden) in enumerate(present)
        )
        if not present:
            refuse_damaged("no sheets")

    @staticmethod
    def _main_part(archive: WorkbookArchive) -> str:
        for kind, target in archive.relations("").values():
            if kind.endswith(_OFFICE_DOCUMENT):
                return target
        return "xl/workbook.xml"

    def _start(self, tag: str, attributes: Attributes) -> None:
        name = local_name(tag)
        if name == "workbookPr":
            self.dates_from_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
        elif name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self._listed.append((attributes.get("name", ""), relation, is_hidden))

    def _is_worksheet(self, relation: str) -> bool:
        return self._relations.get(relation, ("", ""))[0].endswith("/worksheet")

    def part(self, kind: str) -> str:
        """Return the part of a kind, or ""."""
        return next((part for type_, part in self._relations.values() if type_.endswith(kind)), "")
