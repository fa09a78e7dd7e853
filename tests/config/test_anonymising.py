"""A copy to be given away holds no byte that tells who somebody is, and tells of nobody alone."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    housing,
    make_dispatched,
    make_signed,
)
from tests.factories import AppealFactory, AreaFactory, ImportRunFactory, TopicFactory
from tests.web.test_canaries import DIGIT, details_of, plant, spellings, words_with

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.models import Appeal, Kind, OriginalRow
from civicloop.apps.vault.identities import ContactDetails
from civicloop.config import anonymising, anonymous_words
from civicloop.config.anonymising import TooFewAlikeError, anonymise
from civicloop.connectors.spreadsheets import cells_as_text

pytestmark = pytest.mark.django_db
UNCUED = "欧阳丙焱"  # a name that no word announces


@pytest.fixture
def seeded(make_signed, now):  # noqa: F811
    """Details in every protected column, in the vault, in a row of a file; a name without a cue."""
    appeal = make_signed().appeal
    plant()
    has = details_of("contact")
    details = ContactDetails(name=UNCUED, phone=has["mobile"], address=has["home"])
    keep_contact(appeal=appeal, details=details, now=now)
    columns = [{"letter": "A", "header": "来电人", "field": "caller_name"}]
    run = ImportRunFactory(shape={"sheets": [{"name": "", "columns": columns}]})
    imported = AppealFactory(text="路灯不亮，南宫戊焱已催过，工单123456789012")
    row = OriginalRow(appeal=imported, run=run, row_number=1)
    row.seal_cells(cells_as_text(["南宫戊焱"]))
    row.save(force_insert=True)
    Appeal.objects.filter(pk=appeal.pk).update(text=words_with("words") + f"与{UNCUED}商量过")
    AppealFactory(text=words_with("words"), kind=Kind.REPORT)
    for user in User.objects.all():
        user.username = f"canary-of-staff-{user.pk}"
        user.save()
    return appeal


def planted() -> set[str]:
    """All that must not be found."""
    details = {detail for where in DIGIT for detail in details_of(where).values()}
    staff = {user.username for user in User.objects.all()}
    keys = set(Appeal.objects.values_list("source_key", flat=True))
    return details | staff | keys | {UNCUED, "南宫戊焱", "123456789012"}


def found_in(file) -> set[str]:
    stored = file.read_bytes()
    return {one for one in planted() if any(said.encode() in stored for said in spellings(one))}


def rows_of(file, sql):
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(sql).fetchall()


def test_no_byte_of_the_copy_tells_who_somebody_is(seeded, now, tmp_path):
    done = anonymise(tmp_path / "copy", smallest=1, with_words=True, now=now)

    assert found_in(tmp_path / "copy") == set()
    texts = [text for (text,) in rows_of(tmp_path / "copy", "SELECT text FROM intake_appeal")]
    assert done.appeal_count == len(texts) == Appeal.objects.count()
    assert sum(text is None for text in texts) == 1  # of a report no word is in it
    assert any("路灯不亮" in (text or "") for text in texts)
    assert len(rows_of(tmp_path / "copy", "SELECT * FROM dispatch_orderstep")) > 1


def test_a_copy_that_masks_nothing_would_be_found_out(seeded, now, tmp_path, monkeypatch):
    """The red twin."""
    monkeypatch.setattr(anonymous_words, "_without", lambda words, _known: words)

    anonymise(tmp_path / "copy", smallest=1, with_words=True, now=now)

    assert set(details_of("words").values()) <= found_in(tmp_path / "copy")


def test_without_words_no_text_is_in_it(seeded, now, tmp_path):
    anonymise(tmp_path / "copy", smallest=1, with_words=False, now=now)

    assert "路灯".encode() not in (tmp_path / "copy").read_bytes()


@pytest.fixture
def city(now):
    """Twelve alike on one day, five in one week, one alone with its topic's first level."""
    area, topic, other = AreaFactory(), TopicFactory(), TopicFactory()
    monday = now - timedelta(days=now.weekday())
    AppealFactory.create_batch(12, area=area, county=area, topic=topic, received_at=monday)
    for day in range(5):
        at = monday - timedelta(days=7 - day)
        AppealFactory(area=area, county=area, topic=topic, received_at=at)
    AppealFactory(area=area, county=area, topic=other, received_at=monday)


def test_everything_is_told_of_enough_and_what_is_alone_is_left_out(city, now, tmp_path):
    done = anonymise(tmp_path / "copy", smallest=5, with_words=False, now=now)

    counts = [count for _told, count in done.by_step]
    assert (counts[:2], sum(counts[2:]), done.left_out) == ([12, 5], 0, 1)
    alike = rows_of(
        tmp_path / "copy",
        "SELECT count(*) FROM intake_appeal GROUP BY area_id, topic_id, received ORDER BY 1",
    )
    assert alike == [(5,), (12,)]
    event = AuditEvent.objects.get(action="anonymised_copy_made")
    assert event.details == {"appeals": 17, "left_out": 1, "smallest": 5, "with_words": False}


def test_a_ladder_that_tells_too_much_leaves_no_file(city, now, tmp_path, monkeypatch):
    """The red twin of the count: what is written is counted once more."""
    monkeypatch.setattr(anonymising, "steps_of", lambda places, *_told, **_more: [0] * len(places))

    with pytest.raises(TooFewAlikeError):
        anonymise(tmp_path / "copy", smallest=5, with_words=False, now=now)

    assert list(tmp_path.glob("*copy*")) == []
    assert not AuditEvent.objects.filter(action="anonymised_copy_made").exists()


def test_the_command_says_what_is_told_and_writes_over_nothing(city, tmp_path, capsys):
    with override("en"):
        call_command("anonymise", str(tmp_path / "copy"), "--alike", "5", "--without-words")

    told = capsys.readouterr().out
    assert "17 appeals" in told
    assert "12  area, topic, day" in told
    assert "Left out, since too few are like them: 1." in told
    with pytest.raises(CommandError, match="copy"):
        call_command("anonymise", str(tmp_path / "copy"))
    with pytest.raises(CommandError, match="--alike"):
        call_command("anonymise", str(tmp_path / "other"), "--alike", "1")
