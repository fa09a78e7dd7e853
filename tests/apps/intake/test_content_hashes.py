"""The hash of a content needs the installation's key; those made without one get it."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from civicloop.apps.intake.content_hashes import ContentHasher
from civicloop.apps.intake.models import Appeal, LaterRow
from civicloop.apps.intake.queries import AppealFilters, appeals_page
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.issues.models import AppealReading
from civicloop.values.content_digest import content_digest

HEADER = ("编号", "受理时间", "内容", "答复")
ASKED = [
    ("T-1", "2023-03-01 08:00", "路灯不亮，电话13800138000", ""),
    ("", "2023-03-01 09:00", "停水", ""),
]
ANSWERED = [("T-1", *ASKED[0][1:3], "已修复"), ASKED[1]]
INTAKE, ISSUES = (
    import_module(f"civicloop.apps.{name}_keyed_hashes")
    for name in ("intake.migrations.0022", "issues.migrations.0015")
)
OPEN = SimpleNamespace(connection=connection)


def test_a_hash_follows_from_the_content_under_one_key_alone():
    said = ("某科收受红包", "13800138000")
    here, again = ContentHasher().hash_of(said), ContentHasher().hash_of(said)
    digest = content_digest(said)
    fingerprint = ContentHasher().keyed_fingerprint(digest)

    settings.CONTENT_KEY_FILE.write_text("the-key-of-another-installation")

    assert here == again
    assert here != ContentHasher().hash_of(said)
    assert fingerprint != ContentHasher().keyed_fingerprint(digest)


def test_a_fingerprint_does_not_tell_the_hash():
    fingerprint = ContentHasher().keyed_fingerprint(content_digest(["停水"]))
    assert fingerprint[1:9] not in ContentHasher().hash_of(["停水"])


@pytest.fixture
def unkeyed(write_csv, import_file):
    """Appeals as an installation kept them before there was a key; imports them anew."""

    def bring(rows, name):
        path = write_csv(rows, name=name, header=HEADER)
        return import_file(path, source="hotline", on_existing="update")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ContentHasher, "_of", lambda self, plain, purpose: plain)
        bring(ASKED, "old.csv")
        bring(ANSWERED, "later.csv")
        index_new_appeals()
    return bring


@pytest.mark.django_db
def test_hashes_of_before_are_keyed_and_their_rows_known_again(unkeyed):
    told, without_number = Appeal.objects.order_by("id")
    plain, number = told.content_hash, without_number.source_key
    AppealReading.objects.filter(pk=told.pk).delete()
    AppealReading.objects.create(
        appeal=told, engine_version=1, content_hash=plain, kind="help", kind_probability=1,
        urgency=0, request_count=1, spans={},
    )  # fmt: skip

    INTAKE.key_appeals(apps, connection, 0, 1)  # and was ended there
    for _again in range(2):
        INTAKE.key_hashes(apps, OPEN)
        ISSUES.key_hashes(apps, OPEN)

    told.refresh_from_db()
    without_number.refresh_from_db()
    later = LaterRow.objects.get()
    assert plain not in {told.content_hash, later.hash_after}
    assert later.hash_after == told.content_hash == told.reading.content_hash
    assert later.opened_cells() == list(ANSWERED[0])
    assert number[1:25] not in without_number.source_key
    page = appeals_page(AppealFilters(search=without_number.source_key))
    assert [appeal.pk for appeal in page.appeals] == [without_number.pk]
    assert unkeyed(ASKED, "again.csv").present_count == 2
    assert unkeyed(ANSWERED, "once more.csv").present_count == 2
