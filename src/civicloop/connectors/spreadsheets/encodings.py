"""Find out in which encoding a text file is written."""

import codecs
import re
from pathlib import Path

from civicloop.connectors.spreadsheets.problems import UnreadableCode, UnreadableFileError

MARK_BAD_BYTES = "civicloop-mark-bad-bytes"
_SAMPLE_BYTES = 1 << 20
_MOST_BAD = 0.02  # bad characters per byte; above that it is no text at all
_MOST_BAD_WIDE = 0.1  # bad characters per byte beyond ASCII; above that it is not UTF-8
_WIDE = bytes(range(128, 256))
_MARKS = (  # a byte-order mark settles it; the longer marks first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BAD = re.compile("[\udc00-\udcff]")
_PLAIN = re.compile("[\t\n\r -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")


def _mark_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    """Put a lone surrogate in the place of each byte that means nothing, so that it is found."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error(MARK_BAD_BYTES, _mark_bad_bytes)


def detect_encoding(path: Path) -> str:
    """Return the name of the codec for the file.

    Raises:
        UnreadableFileError: The bytes are no text, or of an encoding that is not known.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
        while sample.isascii() and b"\0" not in sample and (more := file.read(_SAMPLE_BYTES)):
            sample = more
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if sample.count(b"\0") > len(sample) // 100 and (wide := _utf16_without_mark(sample)):
        return wide
    return _narrow_encoding(sample)


def _utf16_without_mark(sample: bytes) -> str:
    """Return the UTF-16 that makes readable text of the sample, or "" when neither does."""
    even = sample[: len(sample) // 2 * 2]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = even.decode(encoding, errors="replace")
        if len(_PLAIN.findall(text)) > 0.9 * len(text):
            return encoding
    return ""


def _narrow_encoding(sample: bytes) -> str:
    """Return UTF-8 unless its rules are broken often, else GB18030; a few damages may remain.

    Chinese in GB18030 breaks the rules of UTF-8 with nearly every character, whereas Chinese in
    UTF-8 often looks like sound, if senseless, GB18030: so UTF-8 is asked first.
    """
    wide_bytes = len(sample) - len(sample.translate(None, _WIDE))
    is_utf8 = _bad_bytes(sample, "utf-8") <= _MOST_BAD_WIDE * wide_bytes
    if len(_CONTROL.findall(sample)) > _MOST_BAD * len(sample):  # no text in any encoding
        raise UnreadableFileError(UnreadableCode.NO_TABLE)
    bad = 0 if is_utf8 else _bad_bytes(sample, "gb18030")
    if bad > _MOST_BAD * len(sample):
        raise UnreadableFileError(UnreadableCode.UNKNOWN_ENCODING)
    return "utf-8" if is_utf8 else "gb18030"


def _bad_bytes(sample: bytes, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)(errors=MARK_BAD_BYTES)
    text = decoder.decode(sample)  # a character cut in two at the end of the sample is not bad
    return len(_BAD.findall(text))
