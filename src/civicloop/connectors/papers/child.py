"""The child process: limit itself, look through one PDF, answer in a word.

Started by path, with nothing of this package at hand: the standard library is all it needs.
Standard input is the file; standard output is ``good`` or the code of why not.
"""

import re
import resource
import sys
import zlib
from collections.abc import Iterator

MEMORY_BYTES = 1 << 29  # address space
CPU_SECONDS = 10
MOST_UNPACKED_BYTES = 64 << 20  # of all object streams together
ENDING_BYTES = 2_048  # in which the mark of the end must stand
HEAD_BYTES = 2_000  # before a stream, in which its dictionary stands
ACTIVE = frozenset({
    b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"SubmitForm",
    b"ImportData", b"GoToE", b"GoToR", b"Rendition", b"Movie", b"Sound",
})  # fmt: skip
_NAME = re.compile(rb"/([^\s/<>\[\](){}%\0]{2,60})")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")


def main() -> None:  # pragma: no cover  runs in the child only
    """Answer on standard output."""
    content = sys.stdin.buffer.read()
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    sys.stdout.write(look_through(content))


def look_through(content: bytes) -> str:
    """Say ``good``, or why the file is not taken.

    Every name anywhere in the file counts, in what is compressed as objects too, also where it is
    spelled with escapes; so nothing that acts hides behind a table of contents that lies.
    """
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-ENDING_BYTES:]:
        return "broken"
    names = set(_names(content))
    if b"Encrypt" in names:
        return "sealed"
    try:
        for objects in _object_streams(content):
            names.update(_names(objects))
    except (zlib.error, ValueError):
        return "broken"
    return "active" if names & ACTIVE else "good"


def _names(content: bytes) -> Iterator[bytes]:
    for match in _NAME.finditer(content):
        yield _ESCAPED.sub(lambda hexed: bytes([int(hexed[1], 16)]), match[1])


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield the objects that are packed together; raises ValueError where they cannot be unpacked."""
    left = MOST_UNPACKED_BYTES
    for match in _STREAM.finditer(content):
        head = content[max(0, match.start() - HEAD_BYTES) : match.start()]
        told = set(_names(head[head.rfind(b" obj") + 1 :]))
        if b"ObjStm" not in told:
            continue
        if told & {b"Predictor", b"LZWDecode", b"ASCIIHexDecode", b"ASCII85Decode", b"Crypt"}:
            raise ValueError
        end = content.find(b"endstream", match.end())
        packed = content[match.end() : end if end >= 0 else len(content)]
        unpacked = _unpacked(packed, left) if b"FlateDecode" in told else packed
        left -= len(unpacked)
        yield unpacked


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj()
    unpacked = unpacking.decompress(packed, max(most, 1))
    if not unpacking.eof:  # more than may be, or cut off
        raise ValueError
    return unpacked


if __name__ == "__main__":  # pragma: no cover  runs in the child only
    main()
