"""The zip file of a workbook and its XML parts; every failure comes out as one of our errors."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from civicloop.connectors.spreadsheets.cell_texts import date_styles, unescaped
from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError

OVERLAP = 256  # bytes; longer than any mergeCell element
_PIECE = 1 << 18
_SCAN_PIECE = 1 << 20

Attributes = dict[str, str]


class WorkbookArchive:
    """The parts of one workbook, by name."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._zip = zipfile.ZipFile(path)
        self._names = {name.lower(): name for name in self._zip.namelist()}

    def feed(self, part: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feed a part to a parser piece by piece; yield after each piece."""
        parser.StartDoctypeDeclHandler = _refuse_doctype(part)
        try:
            with self._open(part) as file:
                while piece := file.read(_PIECE):
                    parser.Parse(piece, False)  # noqa: FBT003
                    yield
                parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
                raise MemoryError from None
            refuse_damaged(f"{part}: {error}")
        except (KeyError, ValueError) as error:  # an attribute is missing or no number
            refuse_damaged(f"{part}: {error!r}")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            refuse_damaged(f"{part}: {error}")

    def parse(self, part: str, parser: expat.XMLParserType) -> None:
        """Feed a part to a parser to its end."""
        for _ in self.feed(part, parser):
            pass

    def overlapping(self, part: str) -> Iterator[bytes]:
        """Yield a part in pieces that begin with the end of the piece before."""
        tail = b" " * OVERLAP
        try:
            with self._open(part) as file:
                while piece := file.read(_SCAN_PIECE):
                    yield tail + piece
                    tail = (tail + piece)[-OVERLAP:]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            refuse_damaged(f"{part}: {error}")

    def has(self, part: str) -> bool:
        """Whether the workbook has a part."""
        return part.lower() in self._names

    def _open(self, part: str) -> IO[bytes]:
        name = self._names.get(part.lower())
        if name is None:
            refuse_damaged(f"{part} is missing")
        return self._zip.open(name)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the parts that a part refers to: id → (type, part name)."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if local_name(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                found[attributes["Id"]] = (attributes["Type"], target.lstrip("/"))

        if self.has(listing):
            self.parse(listing, make_parser(start))
        return found

    def strings(self, part: str) -> list[str]:
        """Return the shared strings."""
        if not part:
            return []
        reader = _StringsReader(self._limits)
        self.parse(part, reader.expat)
        return reader.strings

    def date_styles(self, part: str) -> list[bool]:
        """Return for each cell style whether it shows numbers as dates."""
        codes: dict[int, str] = {}
        formats: list[int] = []
        inside = [False]

        def start(tag: str, attributes: Attributes) -> None:
            name = local_name(tag)
            if name == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif name in {"cellXfs", "cellStyleXfs"}:
                inside[0] = name == "cellXfs"
            elif name == "xf" and inside[0]:
                formats.append(int(attributes.get("numFmtId", "0")))

        if part and self.has(part):
            self.parse(part, make_parser(start))
        return date_styles(formats, codes)


class _StringsReader:
    """Collects the shared strings; pronunciation hints (rPh) are left out."""

    def __init__(self, limits: Limits) -> None:
        self.strings: list[str] = []
        self.expat = make_parser(self._start, self._end, self._data)
        self._limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._is_wanted = False
        self._is_hint = False

    def _start(self, tag: str, attributes: Attributes) -> None:  # noqa: ARG002
        name = local_name(tag)
        if name == "t":
            self._is_wanted = not self._is_hint
        elif name == "rPh":
            self._is_hint = True

    def _end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "t":
            self._is_wanted = False
        elif name == "rPh":
            self._is_hint = False
        elif name == "si":
            self.strings.append(unescaped("".join(self._parts)))
            self._parts = []
            self._length = 0

    def _data(self, text: str) -> None:
        if self._is_wanted:
            self._parts.append(text)
            self._length += len(text)
            if self._length > self._limits.max_line_characters:
                limit = str(self._limits.max_line_characters)
                params = {"row": "", "limit": limit}
                raise UnreadableFileError(UnreadableCode.LINE_TOO_LONG, params)


def make_parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """Return a parser with these handlers."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    return parser


def local_name(tag: str) -> str:
    """Return a name without its prefix."""
    return tag.rpartition(":")[2]


def _refuse_doctype(part: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise UnreadableFileError(UnreadableCode.UNSAFE_XML, {"part": part[:100]})

    return refuse


def refuse_damaged(detail: str) -> NoReturn:
    """Give up a workbook that is not what it should be."""
    raise UnreadableFileError(UnreadableCode.DAMAGED, {"detail": detail[:200]})
