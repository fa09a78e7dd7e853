"""Many rows at once: all of them or none, on either database."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from civicloop.apps.intake.actions import ensure_channels
from civicloop.apps.intake.models import Appeal, Channel, ImportRun, OriginalRow
from civicloop.apps.intake.writing import (
    APPEAL_COLUMNS,
    ROWS_OF_A_STATEMENT,
    bulk_writer,
    stored_moment_writer,
)

COLUMNS = ("code", "name", "name_en")
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _rows(count):
    return [(f"way {number}", f"第{number}路", f"100 % of {number}") for number in range(count)]


@pytest.mark.parametrize("rest", [0, 1, 7])
def test_rows_go_in_as_they_are_however_many(rest):
    rows = _rows(2 * ROWS_OF_A_STATEMENT + rest)

    with transaction.atomic():
        bulk_writer().insert("intake_channel", COLUMNS, rows)

    assert list(Channel.objects.order_by("id").values_list(*COLUMNS)) == rows


def test_of_rows_among_which_one_is_there_already_none_goes_in():
    rows = [*_rows(ROWS_OF_A_STATEMENT + 3), ("way 0", "又一路", "again")]

    with pytest.raises(IntegrityError), transaction.atomic():
        bulk_writer().insert("intake_channel", COLUMNS, rows)

    assert not Channel.objects.exists()


def test_an_appeal_goes_in_word_for_word_with_the_row_it_came_from():
    ensure_channels(now=NOW)
    run = ImportRun.objects.create(source="street", on_error="skip", created_at=NOW)
    texts = ["路灯不亮", "back\\slash \\N \\.", "a\ttab", "two\nlines\r\n", "\\", ""]
    rows = [_appeal(number, text) for number, text in enumerate(texts)]
    writer = bulk_writer()

    with transaction.atomic():
        numbers = list(writer.new_ids(len(rows)))
        originals = [(run.pk, "表\\1", place, text) for place, text in enumerate(texts)]
        writer.insert_new(numbers, writer.prepared(rows), originals)

    kept = list(Appeal.objects.order_by("id"))
    assert [appeal.text for appeal in kept] == texts
    assert [appeal.pk for appeal in kept] == numbers
    assert {appeal.is_waiting for appeal in kept} == {True}
    assert {(appeal.area_id, appeal.topic_id, appeal.replied_at) for appeal in kept} == {
        (None,) * 3
    }
    sources = OriginalRow.objects.order_by("appeal_id")
    assert [(row.sheet, row.row_number) for row in sources] == [
        ("表\\1", place) for place in range(len(texts))
    ]


def _appeal(number, text):
    """The columns of an appeal without its number, as a converter makes them."""
    said = {
        "source": "street",
        "source_key": f"key\\{number}",
        "content_hash": "h",
        "channel_id": Channel.objects.values_list("id", flat=True).first(),
        "kind": "complaint",
        "subject": "",
        "text": text,
        "caller_key": "",
        "received_at": stored_moment_writer()(NOW),
        "address": "",
        "topic_basis": "none",
        "support_votes": 0,
        "oppose_votes": 3,
        "reply_text": "",
        "is_waiting": True,
    }
    return tuple(said.get(column) for column in APPEAL_COLUMNS[1:])
