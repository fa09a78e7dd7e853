"""The child process: limit itself, read one picture, write it anew as a bare JPEG.

Started by path, with nothing of this package at hand: the standard library and Pillow are all it
needs, and pillow-heif for the pictures of iPhones, where it is installed. Standard input is the file; standard output is one JSON line and then the picture.
"""

import io
import json
import resource
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

MEMORY_BYTES = 1 << 30  # address space: 40 megapixels, once as read and once turned, and Python
CPU_SECONDS = 20
FORMATS = ("JPEG", "PNG", "WEBP")  # no format of Pillow's rarely trodden paths
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_560  # pixels of what is kept; a page of small print stays legible
QUALITY = 86
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def main() -> None:  # pragma: no cover  runs in the child only
    """Answer on standard output what became of the picture."""
    content = sys.stdin.buffer.read()
    limit_self()
    try:
        answer, picture = rewrite(content)
    except MemoryError:
        answer, picture = {"refusal": "too_many_pixels"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)


def limit_self() -> None:  # pragma: no cover  runs in the child only
    """Give up the right to more memory, time and files than one honest picture needs."""
    for kind, soft, hard in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))


def rewrite(content: bytes) -> tuple[dict[str, str | int], bytes]:
    """The picture as a new JPEG without anything but its pixels, or the code of why not.

    Args:
        content: The file as it was sent.

    Returns:
        ``{"width": …, "height": …}`` in pixels and the JPEG, or ``{"refusal": code}`` and nothing.
    """
    Image.MAX_IMAGE_PIXELS = None  # the size is asked below, before a pixel is read
    formats: tuple[str, ...] = FORMATS
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        if not _opens_heic():
            return {"refusal": "heic"}, b""
        formats = ("HEIF",)
    try:
        with Image.open(io.BytesIO(content), formats=formats) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return {"refusal": "too_many_pixels"}, b""
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _written_anew(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        return {"refusal": "unreadable"}, b""


def _opens_heic() -> bool:
    """Whether pillow-heif is there; Pillow can open HEIC from then on."""
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    return True


def _written_anew(picture: Image.Image) -> tuple[dict[str, str | int], bytes]:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    coloured = upright.convert("RGBA")
    bare = Image.new("RGB", coloured.size, "white")  # a new picture carries no metadata over
    bare.paste(coloured, mask=coloured.getchannel("A"))
    output = io.BytesIO()
    bare.save(output, "JPEG", quality=QUALITY, optimize=True)
    return {"width": bare.width, "height": bare.height}, output.getvalue()


if __name__ == "__main__":  # pragma: no cover  runs in the child only
    main()
