"""Find the header among the first rows of a sheet, and what its columns hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from civicloop.connectors.spreadsheets.fields import (
    Field,
    Synonym,
    guess_field,
    normalise_header,
)
from civicloop.connectors.spreadsheets.mapping import ImportMapping
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import column_index, column_letter

SEARCHED_ROWS = 30
_LONGEST_HEADER = 60
_MAPPED = -1  # rank of a column that the mapping names: before all synonyms

NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the header stands and what it says."""

    row: int  # 1-based; 0 when there is none
    rows: int  # 0, 1 or 2
    texts: tuple[str, ...]
    fields: tuple[Field, ...]
    passed_over: tuple[Field, ...]  # what columns were named for that another one is read as

    @property
    def known_fields(self) -> int:
        """How many different fields the header names."""
        return len(set(self.fields) - {Field.IGNORE})


def find_header(rows: Sequence[NumberedRow], mapping: ImportMapping) -> Header:
    """Return the header of a sheet, whose first rows are given.

    The row, or pair of rows, that names most fields is taken; where none names any, the first
    full row of short words.
    """
    first = rows[:SEARCHED_ROWS]
    if mapping.header_row is not None:
        return _given_header(rows, mapping)
    single = [_header(number, [cells], mapping) for number, cells in first]
    double = [
        _header(number, [cells, below], mapping)
        for (number, cells), (next_number, below) in pairwise(first)
        if next_number == number + 1
    ]
    best = max([*single, *double], key=lambda header: header.known_fields, default=None)
    if best is not None and _is_convincing(best):
        return best
    return _wordy_row(first, mapping)


def missing_header(header: Header, mapping: ImportMapping, *, width: int) -> str:
    """Return the first header that the mapping names and the sheet lacks, or "".

    Args:
        header: The header of the sheet.
        mapping: What the columns are said to be.
        width: Columns of the widest row.
    """
    present = {normalise_header(text) for text in header.texts}
    for name, field in mapping.columns.items():
        if name.startswith("@"):
            is_there = column_index(name[1:]) < width
        else:
            is_there = normalise_header(name) in present
        if field is not Field.IGNORE and not is_there:
            return name
    return ""


def contradiction(header: Header, mapping: ImportMapping) -> dict[str, str]:
    """Return what the mapping says of one column by its letters and, differently, by its header.

    Nothing is wrong while the header names another column that the letters leave to it.
    """
    places: dict[str, list[str]] = {}
    for index, text in enumerate(header.texts):
        places.setdefault(normalise_header(text), []).append(f"@{column_letter(index)}")
    for name, field in mapping.columns.items():
        named = [] if name.startswith("@") else places.get(normalise_header(name), [])
        if named and all(mapping.columns.get(letters, field) != field for letters in named):
            return {
                "letters": named[0],
                "letters_field": mapping.columns[named[0]].value,
                "header": name,
                "header_field": field.value,
            }
    return {}


def _is_convincing(header: Header) -> bool:
    filled = sum(1 for text in header.texts if text)
    has_text = not {Field.TEXT, Field.SUBJECT}.isdisjoint(header.fields)
    return header.known_fields >= 2 or (has_text and filled <= 2)


def _given_header(rows: Sequence[NumberedRow], mapping: ImportMapping) -> Header:
    start = mapping.header_row or 0
    chosen = [cells for number, cells in rows if start <= number < start + mapping.header_rows]
    if start == 0:
        width = max((len(cells) for _, cells in rows), default=0)
        return _header(0, [[""] * width], mapping)
    if not chosen:
        raise UnreadableFileError(UnreadableCode.NO_TEXT_COLUMN)
    return _header(start, chosen, mapping)


def _wordy_row(rows: Sequence[NumberedRow], mapping: ImportMapping) -> Header:
    """Take the first of the fullest rows as header if it holds short words only, else none."""
    width = max((len(cells) for _, cells in rows), default=0)
    fullest = max((_filled(cells) for _, cells in rows), default=0)
    for number, cells in rows:
        if fullest > 1 and _filled(cells) == fullest:
            if all(_is_word(cell) for cell in cells if cell.strip()):
                return _header(number, [cells], mapping)
            break
    return _header(0, [[""] * width], mapping)


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _is_word(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEADER and not any(letter.isdecimal() for letter in cell)


def _header(number: int, lines: list[list[str]], mapping: ImportMapping) -> Header:
    """Read one row, or a group row over a sub-header row, as a header."""
    names = [_column_names(column) for column in _columns(lines)]
    letters = {
        column_index(key[1:]): field for key, field in mapping.columns.items() if key[0] == "@"
    }
    while letters and len(names) <= max(letters):
        names.append([""])
    wanted = {normalise_header(key): field for key, field in mapping.columns.items()}
    claims: list[Synonym | None] = []
    for index, candidates in enumerate(names):
        if index in letters:
            claims.append(Synonym(letters[index], _MAPPED))
        else:
            claims.append(_claim(candidates, wanted))
    while names and not any(names[-1]) and claims[-1] is None:
        del names[-1], claims[-1]
    fields = _settle(claims)
    return Header(
        row=number,
        rows=len(lines) if number else 0,
        texts=tuple(candidates[0] for candidates in names),
        fields=fields,
        passed_over=_passed_over(claims, fields),
    )


def _columns(lines: list[list[str]]) -> list[list[str]]:
    """Turn header rows into columns; a group's name counts for the empty cells right of it."""
    width = max(map(len, lines))
    cells = [[cell.strip() for cell in line] + [""] * (width - len(line)) for line in lines]
    if len(cells) == 2:
        group = ""
        for index, (top, below) in enumerate(zip(cells[0], cells[1], strict=True)):
            group = top or group
            cells[0][index] = group if below else top
    return [list(column) for column in zip(*cells, strict=True)]


def _column_names(column: list[str]) -> list[str]:
    """Return what a column may be called: ``回复 时间``, then ``时间`` alone."""
    words = [word for word in column if word]
    if not words:
        return [""]
    return [" ".join(words), words[-1]] if len(words) > 1 else words


def _claim(names: list[str], wanted: dict[str, Field]) -> Synonym | None:
    for name in names:
        key = normalise_header(name[:_LONGEST_HEADER])
        if key in wanted:
            return Synonym(wanted[key], _MAPPED)
        if key and (found := guess_field(name[:_LONGEST_HEADER])):
            return found
    return None


def _settle(claims: list[Synonym | None]) -> tuple[Field, ...]:
    """Give each field to the column with the best claim; the others are left alone."""
    winners: dict[Field, int] = {}
    for index, claim in enumerate(claims):
        if claim is not None:
            best = winners.get(claim.field)
            if best is None or claim.rank < _rank(claims[best]):
                winners[claim.field] = index
    fields = [Field.IGNORE] * len(claims)
    for field, index in winners.items():
        fields[index] = field
    return tuple(fields)


def _passed_over(claims: list[Synonym | None], fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return each loser's field, unless a mapping chose the winner over a mere guess."""
    winners = {field: claims[index] for index, field in enumerate(fields)}
    return tuple(
        claim.field
        if claim is not None
        and field is not claim.field
        and (_rank(winners[claim.field]) != _MAPPED or claim.rank == _MAPPED)
        else Field.IGNORE
        for claim, field in zip(claims, fields, strict=True)
    )


def _rank(claim: Synonym | None) -> int:
    return 0 if claim is None else claim.rank
