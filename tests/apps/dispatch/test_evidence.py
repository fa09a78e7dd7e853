import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.evidence import (
    add_evidence,
    plain_name,
    read_evidence,
    remove_evidence,
)
from civicloop.apps.dispatch.actions.moving import StepRefusedError
from civicloop.connectors.pictures import Picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage_of_this_test_only(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "evidence"  # by pytest-django, so that the storage hears of it


@pytest.fixture
def picture() -> Picture:
    output = io.BytesIO()
    Image.new("RGB", (6, 4), "red").save(output, "JPEG")
    return Picture(content=output.getvalue(), width=6, height=4)


def test_a_picture_is_kept_with_its_hash_under_a_name_of_our_own(
    make_begun, clerk, picture, settings, now
):
    order = make_begun()

    evidence = add_evidence(
        order_id=order.pk, kept=picture, name="../../路灯.php", actor=clerk, now=now
    )

    kept = Path(settings.MEDIA_ROOT) / evidence.file.name
    assert kept.read_bytes() == picture.content
    assert evidence.name == "路灯.jpg"
    assert "路灯" not in evidence.file.name
    assert order.steps.last().details == {"sha256": evidence.sha256}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\Users\\li\\现场.HEIC", "现场.jpg"),
        ('a"b<script>.jpg', "abscript.jpg"),
        ("..", "picture.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie x.jpg"),
    ],
)
def test_a_name_is_safe_to_show_and_to_send(sent, shown):
    assert plain_name(sent) == shown


def test_a_file_that_is_no_picture_is_refused_in_words():
    with pytest.raises(StepRefusedError, match="JPEG"):
        read_evidence(ContentFile(b"<html>"))


def test_a_paper_is_kept_as_it_is_and_under_its_true_ending(make_begun, clerk, settings, now):
    order, content = make_begun(), b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n"
    paper = read_evidence(ContentFile(content))

    evidence = add_evidence(order_id=order.pk, kept=paper, name="批复.exe", actor=clerk, now=now)

    kept = Path(settings.MEDIA_ROOT) / evidence.file.name
    assert kept.read_bytes() == content
    assert (evidence.name, evidence.media_type, kept.suffix) == (
        "批复.pdf", "application/pdf", ".pdf",
    )  # fmt: skip


def test_a_paper_that_acts_is_refused_in_words():
    with pytest.raises(StepRefusedError, match="PDF"):
        read_evidence(ContentFile(b"%PDF-1.4\n<< /S /JavaScript >>\n%%EOF\n"))


def test_a_stranger_adds_and_removes_nothing(make_begun, clerk, police, picture, now):
    order = make_begun(assisting=(police,))
    evidence = add_evidence(order_id=order.pk, kept=picture, name="a", actor=clerk, now=now)
    assistant = UserFactory(role=Role.UNIT_CLERK, unit=police)

    with pytest.raises(StepRefusedError):
        remove_evidence(evidence=evidence, actor=assistant, now=now)
    with pytest.raises(StepRefusedError):
        add_evidence(
            order_id=order.pk,
            kept=picture,
            name="b",
            actor=UserFactory(role=Role.SUPERVISOR),
            now=now,
        )


def test_a_removed_picture_is_shown_no_longer_but_its_file_stays(
    make_begun, clerk, picture, settings, now
):
    order = make_begun()
    evidence = add_evidence(order_id=order.pk, kept=picture, name="a", actor=clerk, now=now)

    remove_evidence(evidence=evidence, actor=clerk, now=now)

    evidence.refresh_from_db()
    assert evidence.removed_at == now
    assert (Path(settings.MEDIA_ROOT) / evidence.file.name).exists()


def test_nothing_is_added_once_the_order_waits_for_review(make_replied, clerk, picture, now):
    with pytest.raises(StepRefusedError):
        add_evidence(order_id=make_replied().pk, kept=picture, name="a", actor=clerk, now=now)


def test_an_order_has_no_more_pictures_than_anybody_looks_at(
    make_begun, clerk, picture, monkeypatch, now
):
    monkeypatch.setattr("civicloop.apps.dispatch.actions.evidence.MOST_PICTURES", 1)
    order = make_begun()
    add_evidence(order_id=order.pk, kept=picture, name="a", actor=clerk, now=now)

    with pytest.raises(StepRefusedError, match="1"):
        add_evidence(order_id=order.pk, kept=picture, name="b", actor=clerk, now=now)
