"""Tell what a file really is, whatever its name says."""

import zipfile
from pathlib import Path

from civicloop.connectors.spreadsheets.limits import Limits
from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError
from civicloop.connectors.spreadsheets.shape import FileFormat

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # container of .xls and of encrypted workbooks
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
    b"\x7fELF": "ELF",
    b"MZ\x90": "EXE",
    b"PAR1": "Parquet",
}


def detect_format(path: Path, limits: Limits) -> FileFormat:
    """Return the format by the file's first bytes.

    Raises:
        UnreadableFileError: The file is missing, empty, too big, or of no format that is read.
    """
    if not path.exists():
        raise UnreadableFileError(UnreadableCode.NOT_FOUND)
    if not path.is_file():
        raise UnreadableFileError(UnreadableCode.NOT_A_FILE)
    size = path.stat().st_size
    if size > limits.max_file_bytes:
        params = {"bytes": str(size), "limit": str(limits.max_file_bytes)}
        raise UnreadableFileError(UnreadableCode.TOO_BIG, params)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise UnreadableFileError(UnreadableCode.EMPTY)
    if head.startswith(b"PK"):
        return _zipped_format(path, limits)
    if head.startswith(_OLE):
        return _ole_format(path)
    _refuse_others(head)
    return FileFormat.CSV


def _refuse_others(head: bytes) -> None:
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise UnreadableFileError(UnreadableCode.NOT_A_SPREADSHEET, {"found": name})
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise UnreadableFileError(UnreadableCode.HTML_TABLE)
    if start.startswith(b"<?xml"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
            raise UnreadableFileError(UnreadableCode.XML_SPREADSHEET)
        code = UnreadableCode.HTML_TABLE if b"<html" in start else UnreadableCode.NOT_A_SPREADSHEET
        raise UnreadableFileError(code, {"found": "XML"})


def _ole_format(path: Path) -> FileFormat:
    """Tell an old .xls from an encrypted workbook, which hides in the same container."""
    overlap = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if _ENCRYPTED_STREAM in overlap + piece:
                raise UnreadableFileError(UnreadableCode.ENCRYPTED)
            overlap = piece[-len(_ENCRYPTED_STREAM) :]
    return FileFormat.XLS


def _zipped_format(path: Path, limits: Limits) -> FileFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise UnreadableFileError(UnreadableCode.DAMAGED, {"detail": "zip"}) from None
    names = {part.filename for part in parts}
    found = _format_of_parts(names)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFileError(UnreadableCode.ENCRYPTED)
    _refuse_bombs(parts, limits)
    return found


def _format_of_parts(names: set[str]) -> FileFormat:
    if "xl/workbook.bin" in names:
        return FileFormat.XLSB
    if "[Content_Types].xml" in names and not any(n.startswith(("word/", "ppt/")) for n in names):
        return FileFormat.XLSX
    if "content.xml" in names and "mimetype" in names:
        return FileFormat.ODS
    if "[Content_Types].xml" in names:
        params = {"found": "Word" if any(n.startswith("word/") for n in names) else "PowerPoint"}
        raise UnreadableFileError(UnreadableCode.NOT_A_SPREADSHEET, params)
    raise UnreadableFileError(UnreadableCode.ARCHIVE)


def _refuse_bombs(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse declared sizes that no honest workbook has; zipfile holds a part to its size."""
    total = 0
    for part in parts:
        total += part.file_size
        ratio = part.file_size / max(1, part.compress_size)
        is_suspect = part.file_size > (8 << 20) and ratio > limits.max_packing_ratio
        if is_suspect or total > limits.max_unpacked_bytes:
            params = {
                "part": part.filename[:100],
                "bytes": str(part.file_size if is_suspect else total),
                "limit": str(limits.max_unpacked_bytes),
            }
            raise UnreadableFileError(UnreadableCode.BOMB, params)
