"""Read appeals from CSV and Excel files: messy rows in, typed rows and problems out.

``inspect`` says what a file looks like, ``read_rows`` streams its rows. Both work in a child
process with limits, so that a hostile file ends in an :class:`UnreadableFileError`.
"""

from civicloop.connectors.spreadsheets.fields import Field
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.mapping import (
    ImportMapping,
    MappingCode,
    MappingError,
    load_mapping,
)
from civicloop.connectors.spreadsheets.problems import (
    Note,
    NoteCode,
    Problem,
    ProblemCode,
    UnreadableCode,
    UnreadableFileError,
)
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.connectors.spreadsheets.rows import Row, RowBatch, Values, cells_as_text, cells_of
from civicloop.connectors.spreadsheets.shape import (
    Column,
    DateOrder,
    FileFormat,
    FileShape,
    SheetShape,
)

__all__ = [
    "Column",
    "DateOrder",
    "Field",
    "FileFormat",
    "FileShape",
    "ImportMapping",
    "Limits",
    "MappingCode",
    "MappingError",
    "Note",
    "NoteCode",
    "Problem",
    "ProblemCode",
    "Row",
    "RowBatch",
    "SheetShape",
    "UnreadableCode",
    "UnreadableFileError",
    "Values",
    "cells_as_text",
    "cells_of",
    "inspect",
    "load_mapping",
    "read_rows",
]
