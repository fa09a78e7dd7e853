import io
import struct
import sys
import zlib

import pillow_heif
import pytest
from PIL import Image

from civicloop.connectors.pictures import (
    MOST_BYTES,
    Refusal,
    RefusedPictureError,
    child,
    rewrite_picture,
    rewriting,
)

MAKER, PLACE = 0x010F, 0x8825


def picture_file(format_: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "red").save(output, format_, **options)
    return output.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A few hundred bytes that claim to be a picture of any size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_bare_jpeg(format_):
    picture = rewrite_picture(picture_file(format_))

    with Image.open(io.BytesIO(picture.content)) as read:
        assert (read.format, read.size) == ("JPEG", (60, 40))
    assert (picture.width, picture.height) == (60, 40)


def heic_file(**options) -> bytes:
    """A photograph as an iPhone keeps it."""
    pillow_heif.register_heif_opener()
    return picture_file("HEIF", **options)


def test_a_photograph_of_an_iphone_becomes_a_bare_jpeg():
    exif = Image.Exif()
    exif[MAKER] = "canary-maker"

    picture = rewrite_picture(heic_file(exif=exif))

    assert picture.content.startswith(b"\xff\xd8\xff")
    assert (picture.width, picture.height) == (60, 40)
    assert b"canary" not in picture.content


def test_without_the_extra_it_is_refused_for_what_it_is(monkeypatch):
    file = heic_file()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    assert child.rewrite(file) == ({"refusal": "heic"}, b"")


def test_nothing_that_the_file_said_of_its_maker_is_kept():
    exif = Image.Exif()
    exif[MAKER] = "canary-maker"
    exif[PLACE] = {1: "N", 2: (39.0, 54.0, 26.0)}
    file = picture_file(exif=exif, comment=b"canary-comment")
    assert b"canary-maker" in file

    picture = rewrite_picture(file)

    assert b"canary" not in picture.content
    with Image.open(io.BytesIO(picture.content)) as read:
        assert dict(read.getexif()) == {}


def test_a_picture_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = rewrite_picture(picture_file(exif=exif))

    assert (picture.width, picture.height) == (40, 60)


def test_what_hides_behind_the_picture_is_cut_off():
    file = picture_file() + b"<script>alert('canary')</script>PK\x03\x04"

    assert b"canary" not in rewrite_picture(file).content


def test_a_large_photograph_is_made_smaller():
    picture = rewrite_picture(picture_file(size=(5_200, 2_600)))

    assert (picture.width, picture.height) == (2_560, 1_280)


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"\xff\xd8\xff" + b"0" * MOST_BYTES, Refusal.TOO_LARGE),
        (b"<html><script>alert(1)</script></html>", Refusal.UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Refusal.UNREADABLE),
        (b"%PDF-1.7\n1 0 obj", Refusal.UNREADABLE),
        (picture_file()[:300], Refusal.UNREADABLE),
        (picture_file("GIF"), Refusal.UNREADABLE),  # a format we do not open
        (picture_file("TIFF"), Refusal.UNREADABLE),
        (png_of_size(10_000, 10_000), Refusal.TOO_MANY_PIXELS),
        (png_of_size(100_000, 100_000), Refusal.TOO_MANY_PIXELS),
        (png_of_size(6_000, 6_000), Refusal.UNREADABLE),  # says more than it holds
    ],
)
def test_a_hostile_file_is_refused(file, refusal):
    with pytest.raises(RefusedPictureError) as refused:
        rewrite_picture(file)

    assert refused.value.refusal == refusal


def test_a_child_that_dies_or_hangs_refuses_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(rewriting, "WALL_SECONDS", 1)
    for program in ("raise SystemExit(3)", "import time; time.sleep(60)", "print('no answer')"):
        script = tmp_path / "child.py"
        script.write_text(program, encoding="utf-8")
        monkeypatch.setattr(rewriting, "_CHILD", script)

        with pytest.raises(RefusedPictureError) as refused:
            rewrite_picture(picture_file())

        assert refused.value.refusal == Refusal.TOO_COSTLY


def test_the_child_rewrites_and_refuses_by_the_same_function():
    answer, content = child.rewrite(picture_file("PNG"))
    refused, nothing = child.rewrite(b"no picture")

    assert answer == {"width": 60, "height": 40}
    assert content.startswith(b"\xff\xd8\xff")
    assert (refused, nothing) == ({"refusal": "unreadable"}, b"")
