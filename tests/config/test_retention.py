"""What is left of a citizen when the time to be kept is over: nothing, in any byte of the database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.config.database_bytes import bytes_of_database
from tests.factories import AppealFactory, ImportRunFactory
from tests.web.test_canaries import details_of, plant, spellings, words_with

from civicloop.apps.accounts.visibility import read_by_nobody
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.audit.verifying import verify_audit
from civicloop.apps.dispatch.models import CloseType, OrderState, WorkOrder
from civicloop.apps.intake.contacts import keep_contact, open_contact
from civicloop.apps.intake.models import (
    Appeal,
    AppealPhoto,
    Contact,
    ImportState,
    Kind,
    OriginalRow,
    Redaction,
    RejectedRow,
)
from civicloop.apps.intake.queries import appeals_page
from civicloop.apps.intake.queries.filters import AppealFilters
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.vault.identities import ContactDetails
from civicloop.apps.vault.models import Identity
from civicloop.config.retention import count_due, end_retention, retain
from civicloop.connectors.spreadsheets import cells_as_text

LONG_AGO = timedelta(days=400)
MASK_DAYS, FORGET_DAYS = 365, 1826
WHERE = ("words", "reply", "contact", "row")


@pytest.fixture(autouse=True)
def days(monkeypatch):
    monkeypatch.setattr(settings, "RETENTION_DAYS", (MASK_DAYS, FORGET_DAYS))
    monkeypatch.setattr(settings, "REPORT_RETENTION_DAYS", (1826, 3652))
    monkeypatch.setattr(settings, "DEMO", False)


@pytest.fixture
def ended(make_signed, now):  # noqa: F811
    """An appeal whose order ended long ago, with details in every column, and its contact."""
    order = make_signed()
    appeal = order.appeal
    was = now - LONG_AGO
    Appeal.objects.update(received_at=was)
    ended = {"state": OrderState.CLOSED, "closed_at": was, "close_type": CloseType.RESOLVED}
    WorkOrder.objects.update(**ended)
    plant()
    run = ImportRunFactory(
        created_at=was, state=ImportState.DONE, preview={"rows": [words_with("row")]}
    )
    for row in (
        OriginalRow(appeal=appeal, run=run, row_number=1),
        RejectedRow(run=run, row_number=2, problems=[]),
    ):
        row.seal_cells(cells_as_text([words_with("row")]))
        row.save(force_insert=True)
    has = details_of("contact")
    details = ContactDetails(name=has["name"], phone=has["mobile"], address=has["home"])
    keep_contact(appeal=appeal, details=details, now=was)
    index_new_appeals()
    return Appeal.objects.get(pk=appeal.pk)


def found_in(stored: bytes) -> Iterator[str]:
    for where in WHERE:
        for kind, detail in details_of(where).items():
            if any(one.encode() in stored for one in spellings(detail)):
                yield f"{where} {kind}"


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_holds_a_detail_afterwards(ended, now):
    before = set(found_in(bytes_of_database()))
    assert {"words mobile", "words name", "reply mobile", "row home"} <= before  # the red twin
    assert not {one for one in before if one.startswith("contact")}  # sealed all along

    retain(now=now)

    assert set(found_in(bytes_of_database())) == set()


@pytest.mark.django_db
def test_an_appeal_is_masked_after_its_time_and_found_no_more_by_what_it_said(ended, now):
    assert retain(now=now).masked_count == 1

    with read_by_nobody():
        left = Appeal.objects.get(pk=ended.pk)
    assert "路灯不亮" in left.text
    assert not any(detail in left.text for detail in details_of("words").values())
    assert (left.masked_text, left.is_masked) == (None, True)
    assert found_by("路灯不亮") == [ended.pk]
    assert found_by(details_of("words")["mobile"]) == []


@pytest.mark.django_db
def test_the_writer_known_to_the_vault_goes_wherever_nothing_announces_the_name(now):
    was = now - LONG_AGO
    appeal, other = AppealFactory.create_batch(
        2,
        received_at=was,
        text="和缪小禾家商量过，缪小禾的水管漏水",
        reply_text="缪小禾在家，已修好",
    )
    keep_contact(appeal=appeal, details=ContactDetails(name="缪小禾"), now=was)
    keep_contact(appeal=other, details=ContactDetails(name="市民"), now=was)

    retain(now=now)

    with read_by_nobody():
        left, of_other = Appeal.objects.order_by("pk")
    assert left.text == "和〖本人〗家商量过，〖本人〗的水管漏水"
    assert left.reply_text == "〖本人〗在家，已修好"
    assert "缪小禾" in of_other.text  # of whom nobody here knows the name


def found_by(words: str) -> list[int]:
    page = appeals_page(AppealFilters(search=words), size=10)
    return [appeal.pk for appeal in page.appeals]


@pytest.mark.django_db
def test_a_contact_becomes_a_hint_and_then_goes(ended, now):
    retain(now=now)
    hint = open_contact(Contact.objects.get())
    assert (hint.name, hint.phone, hint.address) == ("欧**", "139****44", "")

    retain(now=now + timedelta(days=FORGET_DAYS - MASK_DAYS))

    assert not Contact.objects.exists()
    assert not Identity.objects.exists()
    assert Appeal.objects.get().caller_key == ""
    assert Redaction.objects.get().forgotten_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_photographs_go_with_the_contact(ended, now):
    file = ContentFile(b"a picture", name="a.jpg")
    photo = AppealPhoto.objects.create(
        appeal=ended, sha256="0" * 64, size_bytes=9, file=file, added_at=now
    )
    kept = Path(photo.file.path)
    retain(now=now)
    assert kept.exists()

    retain(now=now + timedelta(days=FORGET_DAYS))

    assert not kept.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["open", "late", "young", "report", "confidential", "never"])
def test_what_must_still_be_kept_is_kept(ended, now, change, monkeypatch):
    if change == "open":
        WorkOrder.objects.update(state=OrderState.CALL_BACK, closed_at=None, close_type="")
    elif change == "late":
        WorkOrder.objects.update(closed_at=now - timedelta(days=364))
    elif change == "young":
        Appeal.objects.update(received_at=now - timedelta(days=364))
    elif change == "report":
        Appeal.objects.update(kind=Kind.REPORT)
    elif change == "confidential":
        Appeal.objects.update(is_confidential=True)
    else:
        monkeypatch.setattr(settings, "RETENTION_DAYS", (0, 0))

    assert retain(now=now).masked_count == 0
    assert not Redaction.objects.exists()


@pytest.mark.django_db
def test_an_appeal_without_an_order_is_old_when_it_was_answered(now):
    old, answered = AppealFactory.create_batch(2, received_at=now - LONG_AGO)
    Appeal.objects.filter(pk=answered.pk).update(replied_at=now - timedelta(days=3))

    retain(now=now)

    assert [one.appeal_id for one in Redaction.objects.all()] == [old.pk]


@pytest.mark.django_db
def test_the_audit_keeps_that_it_was_done_and_stays_whole(ended, now):
    retain(now=now)

    event = AuditEvent.objects.get(action="appeal_masked")
    assert (event.object_id, event.details) == (str(ended.pk), {"days": MASK_DAYS})
    assert verify_audit(anchors=(), now=now).fault_count == 0


@pytest.mark.django_db
def test_a_second_run_finds_nothing_to_do(ended, now):
    retain(now=now)

    assert not retain(now=now)


@pytest.mark.django_db
def test_a_dry_run_counts_and_changes_nothing(ended, now, capsys):
    counted = count_due(now=now)
    assert (counted.masked_count, counted.forgotten_count, counted.import_count) == (1, 0, 1)

    call_command("retention", "--dry-run")
    assert not Redaction.objects.exists()

    call_command("retention")
    assert Redaction.objects.exists()
    assert capsys.readouterr().out.count("1") >= 2


@pytest.mark.django_db
def test_the_demo_keeps_its_city(ended, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)

    end_retention.func(timezone.now())

    assert not Redaction.objects.exists()
