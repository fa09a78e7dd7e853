import pytest
from django.core import mail
from django.db import transaction

from civicloop.apps.audit.actions import record_events
from civicloop.apps.audit.models import AuditChain, AuditEvent
from civicloop.apps.audit.verifying import last_check
from civicloop.config.audit_upkeep import AuditBrokenError, check_audit, note_end_of_audit


@pytest.fixture
def written(db, now, settings, tmp_path):
    settings.AUDIT_ANCHORS = str(tmp_path / "anchors")
    with transaction.atomic():
        return record_events(
            action="a", object_type="b", details={1: {}, 2: {}}, actor=None, now=now
        )


def test_end_of_the_audit_is_noted_each_day_in_the_file_and_by_letter(written, now, settings):
    settings.EMAIL_HOST, settings.AUDIT_EMAIL = "mail.example.org", "registry@example.org"

    note_end_of_audit.func(now)
    check_audit.func(now)

    assert len(mail.outbox) == 1
    assert (last_check().anchor_count, last_check().fault_count) == (1, 0)


def test_job_fails_where_the_end_was_cut_off_since_it_was_noted(written, now):
    note_end_of_audit.func(now)
    AuditEvent.objects.filter(pk=written[1].pk).delete()
    AuditChain.objects.update(position=1, mac=written[0].mac)

    with pytest.raises(AuditBrokenError):
        check_audit.func(now)


def test_without_a_place_for_anchors_the_chains_are_read_all_the_same(written, now, settings):
    settings.AUDIT_ANCHORS = ""

    note_end_of_audit.func(now)
    check_audit.func(now)

    assert (last_check().event_count, last_check().anchor_count) == (2, 0)
