import zlib

import pytest

from civicloop.connectors.papers import (
    MOST_BYTES,
    Refusal,
    RefusedPaperError,
    check_paper,
    checking,
    child,
)

PLAIN = b"1 0 obj\n<< /Type /Catalog /OpenAction [2 0 R /Fit] >>\nendobj\n"
END = b"trailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def pdf(*objects: bytes, end: bytes = END) -> bytes:
    return b"%PDF-1.7\n" + PLAIN + b"".join(objects) + end


def packed(objects: bytes, entries: bytes = b"/Filter /FlateDecode") -> bytes:
    body = zlib.compress(objects)
    return b"5 0 obj\n<< /Type /ObjStm /N 1 " + entries + b" >>\nstream\n" + body + b"\nendstream\n"


def test_a_plain_paper_is_kept_byte_for_byte():
    picture = b"6 0 obj\n<< /Subtype /Image >>\nstream\n\xff\xd8/JS \x00\nendstream\nendobj\n"
    paper = pdf(picture, packed(b"7 0 << /Title (\xe7) >>"))

    assert check_paper(paper).content == paper


@pytest.mark.parametrize(
    ("paper", "refusal"),
    [
        (b"%PDF-1.7\n" + PLAIN, Refusal.BROKEN),
        (b"GIF89a" + pdf(), Refusal.BROKEN),
        (pdf() + b"x" * 5_000, Refusal.BROKEN),
        (pdf(b"/Encrypt 3 0 R"), Refusal.SEALED),
        (pdf(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"), Refusal.ACTIVE),
        (pdf(b"<< /S /J#61va#53cript >>"), Refusal.ACTIVE),
        (pdf(b"<< /S /Launch /F (cmd.exe) >>"), Refusal.ACTIVE),
        (pdf(b"<< /EmbeddedFiles 4 0 R >>"), Refusal.ACTIVE),
        (pdf(b"<< /AcroForm << /XFA 4 0 R >> >>"), Refusal.ACTIVE),
        (pdf(packed(b"7 0 << /S /JavaScript >>")), Refusal.ACTIVE),
        (pdf(packed(b"x", b"/Filter /LZWDecode")), Refusal.BROKEN),
        (pdf(packed(b"x", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")), "broken"),
        (pdf(packed(b"0" * (child.MOST_UNPACKED_BYTES + 9))), Refusal.BROKEN),
        (pdf().replace(END, packed(bytes(range(256)))[:-60] + END), Refusal.BROKEN),
        (b"%PDF-" + b"0" * MOST_BYTES, Refusal.TOO_LARGE),
    ],
)
def test_a_paper_that_acts_or_cannot_be_looked_through_is_refused(paper, refusal):
    with pytest.raises(RefusedPaperError) as refused:
        check_paper(paper)

    assert refused.value.refusal == refusal


def test_what_hides_in_a_stream_that_is_none_is_found():
    hidden = b"8 0 obj << >> stream\n9 0 obj << /S /Launch >> endobj\nendstream\n"

    assert child.look_through(pdf(hidden)) == "active"


def test_a_child_that_dies_refuses_the_paper(tmp_path, monkeypatch):
    script = tmp_path / "child.py"
    script.write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setattr(checking, "_CHILD", script)

    with pytest.raises(RefusedPaperError) as refused:
        check_paper(pdf())

    assert refused.value.refusal == Refusal.TOO_COSTLY
