import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from tests.engines.watermark.test_watermark import page_with
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.intake.models import Look
from civicloop.apps.intake.watermarks import looks_in, mark_of
from civicloop.engines.watermark import Mark

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def look(now):
    person = UserFactory(username="zhang", last_name="张三")
    return Look.objects.create(
        appeal=AppealFactory(source_key="LL-7"), asked_by=person, asked_at=now, reason="-",
        needs_second=False,
    )  # fmt: skip


def test_a_picture_leads_to_the_look(look):
    assert list(looks_in(page_with(mark_of(look)))) == [look]


def test_a_mark_that_somebody_made_up_accuses_nobody(look):
    forged = Mark(look.pk, mark_of(look).tag ^ 1)

    assert list(looks_in(page_with(forged))) == []


def test_the_command_names_who_looked_when(look, tmp_path, capsys):
    file = tmp_path / "leaked.jpg"
    Image.fromarray(page_with(mark_of(look)).astype(np.uint8)).save(file, quality=70)

    call_command("watermark", "read", str(file))

    said = capsys.readouterr().out
    assert "zhang" in said
    assert "2023-11-14 09:30:00" in said
    assert "LL-7" in said


def test_the_command_says_when_there_is_no_mark(look, tmp_path):
    file = tmp_path / "other.png"
    Image.new("L", (600, 400), 255).save(file)

    with pytest.raises(CommandError):
        call_command("watermark", "read", str(file))


def test_a_file_that_is_no_picture_is_named(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("no picture")

    with pytest.raises(CommandError, match="words"):
        call_command("watermark", "read", str(file))
