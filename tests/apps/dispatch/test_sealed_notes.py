"""What staff write about a report of a wrong lies sealed where it says of persons and homes."""

import threading

import pytest
from django.apps import apps
from django.db import connection, transaction
from tests.factories import AreaFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.cases.models import JointMeeting, MeetingCase
from civicloop.apps.dispatch.actions.drafts import save_draft
from civicloop.apps.dispatch.actions.handling import record_contact
from civicloop.apps.dispatch.actions.objecting import Grounds, decide_objection, object_to_order
from civicloop.apps.dispatch.actions.splitting import Cut, split_off_complaint
from civicloop.apps.dispatch.models import (
    ContactAttempt,
    Evidence,
    Objection,
    ObjectionGround,
    OrderStep,
    PartyRole,
    Reply,
    ReplyClaim,
    StepDraft,
    SupervisionSheet,
)
from civicloop.apps.intake.actions.revealing import ask_look, decide_look, open_look, read_look
from civicloop.apps.intake.masking import mask_appeals
from civicloop.apps.intake.models import Appeal, HoldsNotes, Kind, SealedNote
from civicloop.apps.intake.opening import open_sealed
from civicloop.apps.vault.keys import add_key
from civicloop.apps.vault.rotating import rotate
from civicloop.config.redacting import mask_for_good
from civicloop.engines import pii

pytestmark = pytest.mark.django_db
NOTE = "举报人叫欧阳焱，电话13944447777，家住金槿花园17栋1904，愿意当面说"
HIDDEN = ("欧阳焱", "13944447777", "17栋1904")
REPORTS = [{"appeal__kind": Kind.REPORT}, {"appeal__is_confidential": True}]


def all_rows() -> str:
    """Every row of every table, as the database has it."""
    with connection.cursor() as cursor:
        told = []
        for model in apps.get_models():
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            told.append(repr(cursor.fetchall()))
    return "\n".join(told)


def tells() -> bool:
    rows = all_rows()
    return any(one in rows or ascii(one)[1:-1] in rows for one in HIDDEN)


def contact(order, clerk, now, note=NOTE):
    return record_contact(order_id=order.pk, is_reached=True, note=note, actor=clerk, now=now)


@pytest.mark.parametrize("report", REPORTS)
def test_a_note_about_a_report_is_sealed_as_it_is_written(report, make_signed, clerk, now):
    order = make_signed(**report)

    contact(order, clerk, now)

    assert not tells()
    assert "愿意当面说" in ContactAttempt.objects.get().note
    words = [note.words for note in open_sealed(order.appeal_id).notes]
    assert words == [NOTE, NOTE]  # of the attempt, and of the step in the order's history


def test_a_note_about_an_ordinary_appeal_stays(make_signed, clerk, now):
    """The red twin: what is looked for is found where it is not sealed."""
    contact(make_signed(), clerk, now)

    assert tells()
    assert not SealedNote.objects.exists()


def test_a_note_that_tells_of_nobody_is_not_sealed(make_signed, clerk, now):
    contact(make_signed(appeal__kind=Kind.REPORT), clerk, now, note="愿意当面说")

    assert not SealedNote.objects.exists()


def test_every_kind_of_note_is_sealed(make_signed, now):
    """Whatever table, and also what was written before notes were sealed: the job comes by it."""
    order = make_signed(appeal__kind=Kind.REPORT)
    kinds = [model for model in apps.get_models() if issubclass(model, HoldsNotes)]
    assert len(kinds) >= 20
    OrderStep.objects.filter(order=order).update(note=NOTE, details={"words": [NOTE]})
    type(order).objects.update(problem=NOTE)
    Appeal.objects.update(is_masked=None)
    assert tells()

    mask_appeals()

    assert not tells()
    assert all(set(model.NOT_NOTES) <= set(model.PROTECTED) for model in kinds)


@pytest.mark.parametrize("model", [one for one in apps.get_models() if issubclass(one, HoldsNotes)])
def test_the_way_from_a_note_to_its_appeal_is_one_of_the_tables(model):
    for path in model.APPEAL:
        assert list(model._default_manager.filter(**{f"{path}__in": [1]})) == []


def test_what_becomes_a_report_has_its_notes_sealed_by_the_job(make_signed, clerk, now):
    order = make_signed()
    contact(order, clerk, now)
    order.appeal.kind = Kind.REPORT
    order.appeal.save(update_fields=["kind"])

    mask_appeals()

    assert not tells()


def test_what_is_cut_into_a_report_has_its_notes_sealed_in_the_same_moment(dispatcher, now):
    """No job is waited for: a unit that is asked to the meeting could read them meanwhile."""
    order = WorkOrderFactory(appeal__text="路灯不亮。实名举报住建局收受贿赂。")
    MeetingCase.objects.create(
        order=order,
        question=NOTE,
        meeting=JointMeeting.objects.create(
            title="会", area=AreaFactory(), day=now.date(), convener="市长", secretary=dispatcher
        ),
    )
    assert tells()

    split_off_complaint(
        order_id=order.pk,
        cut=Cut(complaint="路灯不亮。"),
        seen_version=order.version,
        actor=dispatcher,
        now=now,
    )

    assert not tells()
    assert Appeal.objects.get(pk=order.appeal_id).is_masked


def test_arbitration_is_sealed_by_column_and_opened_whole(make_dispatched, clerk, dispatcher, now):
    order = make_dispatched(appeal__kind=Kind.REPORT)
    grounds = Grounds(
        ground=ObjectionGround.NOT_MY_DUTY, statement=NOTE, legal_basis="物业管理条例"
    )
    object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=now)
    decide_objection(order_id=order.pk, is_upheld=False, decision=NOTE, actor=dispatcher, now=now)

    assert not tells()
    sealed = SealedNote.objects.get(about=f"dispatch_objection:{Objection.objects.get().pk}")
    assert sealed.opened_words() == {"statement": NOTE, "decision": NOTE}


def test_a_note_that_is_written_anew_leaves_nothing_of_the_old_one(make_signed, clerk, now):
    contact(make_signed(appeal__kind=Kind.REPORT), clerk, now)
    attempt = ContactAttempt.objects.get()
    attempt.note = "没有联系上"
    attempt.save()

    assert not SealedNote.objects.filter(about=f"dispatch_contactattempt:{attempt.pk}").exists()


def test_a_reader_s_saving_neither_unseals_nor_loses(make_signed, clerk, now):
    contact(make_signed(), clerk, now)
    Appeal.objects.update(kind=Kind.REPORT)  # no job has been here
    with read_by(UserFactory(role="leader")):
        read = ContactAttempt.objects.get()
        assert read.hides("note")
        read.is_reached = False
        read.save()

    assert HIDDEN[0] not in ContactAttempt.objects.get().note
    sealed = SealedNote.objects.get(about=f"dispatch_contactattempt:{read.pk}")
    assert sealed.opened_words() == {"note": NOTE}


def test_the_citizen_s_answer_stays_and_what_units_tell_each_other_is_sealed(
    make_signed, clerk, police, now
):
    order = make_signed(appeal__kind=Kind.REPORT)
    lead = order.parties.get()
    assisting = order.parties.create(unit=police, role=PartyRole.ASSIST, assigned_at=now)
    for party in (lead, assisting):
        Reply.objects.create(
            order=order, party=party, round=1, text=NOTE, claim=ReplyClaim.SOLVED, author=clerk, at=now
        )  # fmt: skip

    assert Reply.objects.get(party=lead).text == NOTE
    assert HIDDEN[0] not in Reply.objects.get(party=assisting).text


def test_a_second_person_lets_it_be_read(make_signed, clerk, dispatcher, now):
    order = make_signed(appeal__kind=Kind.REPORT)
    contact(order, clerk, now)
    look = ask_look(appeal=order.appeal, reason="核实", actor=dispatcher, now=now)
    decide_look(look_id=look.pk, is_allowed=True, actor=UserFactory(role="supervisor"), now=now)
    opened = open_look(look_id=look.pk, actor=dispatcher, now=now)

    assert NOTE in [note.words for note in read_look(look=opened, actor=dispatcher, now=now).notes]


def test_notes_are_renewed_with_the_key_and_gone_with_the_time(make_signed, clerk, now):
    order = make_signed(appeal__kind=Kind.REPORT)
    contact(order, clerk, now)
    add_key()
    assert rotate().sealed_count == 2

    assert open_sealed(order.appeal_id).notes[0].words == NOTE
    mask_for_good([order.appeal_id], days=1, now=now)
    assert not SealedNote.objects.exists()


def test_a_draft_is_sealed_and_its_writer_reads_it(dispatcher, now):
    order = WorkOrderFactory()
    for text in ("短", NOTE):
        save_draft(order=order, step="close", answers={"note": text}, actor=dispatcher, now=now)

    assert not tells()
    assert StepDraft.objects.get().answers == {"note": NOTE}
    add_key()
    rotate()
    assert StepDraft.objects.get().answers == {"note": NOTE}


def test_a_note_that_is_masked_by_newer_rules_keeps_what_was_written(
    make_signed, clerk, now, monkeypatch
):
    """Where an account was taken out newer rules find an address: nobody wrote that anew."""
    note = "联系方式 abc@qq.comwx123456789"
    with monkeypatch.context() as older:
        older.setattr(pii, "MOST_LOOKS", 0)
        contact(make_signed(appeal__kind=Kind.REPORT), clerk, now, note=note)
    attempt = ContactAttempt.objects.get()
    once = attempt.note

    attempt.save()

    assert ContactAttempt.objects.get().note != once  # the red twin: it finds more
    sealed = SealedNote.objects.get(about=f"dispatch_contactattempt:{attempt.pk}")
    assert sealed.opened_words() == {"note": note}


def test_what_is_written_over_a_masked_note_is_sealed_in_its_place(make_signed, clerk, now):
    contact(make_signed(appeal__kind=Kind.REPORT), clerk, now)
    attempt = ContactAttempt.objects.get()
    attempt.note = attempt.note.replace("愿意", "电话13811112222，愿意")
    written = attempt.note
    attempt.save()

    sealed = SealedNote.objects.get(about=f"dispatch_contactattempt:{attempt.pk}")
    assert sealed.opened_words() == {"note": written}


@pytest.mark.django_db(transaction=True)
def test_the_job_that_seals_loses_nothing_that_is_written_meanwhile(make_signed, clerk, now):
    """It read the note before, and waits for the writer."""
    contact(make_signed(), clerk, now)
    Appeal.objects.update(kind=Kind.REPORT, is_masked=None)

    def seal():
        mask_appeals()
        connection.close()

    job = threading.Thread(target=seal)
    with transaction.atomic():
        ContactAttempt.objects.update(note="已经见面，愿意作证")
        job.start()
        job.join(timeout=0.7)
        assert job.is_alive()
    job.join()

    assert ContactAttempt.objects.get().note == "已经见面，愿意作证"
    assert not tells()


def test_a_legal_basis_the_name_of_a_leader_and_of_a_file_are_notes_too(make_signed, clerk, now):
    order = make_signed(appeal__kind=Kind.REPORT)
    Objection.objects.create(
        order=order, unit=clerk.unit, ground="not_my_duty", statement="-", legal_basis=NOTE,
        raised_by=clerk, raised_at=now,
    )  # fmt: skip
    SupervisionSheet.objects.create(
        order=order, unit=clerk.unit, level=1, cause="by_hand", reason="-", leader=f"电话{HIDDEN[1]}",
        issued_at=now,
    )  # fmt: skip
    Evidence.objects.create(
        order=order, unit=clerk.unit, name=f"{HIDDEN[1]}.jpg", media_type="image/jpeg", sha256="0" * 64,
        size_bytes=1, file="a.jpg", added_by=clerk, added_at=now,
    )  # fmt: skip

    kept = [Objection.objects.get().legal_basis, SupervisionSheet.objects.get().leader]
    assert not any(HIDDEN[1] in one for one in (*kept, Evidence.objects.get().name))
    said = " ".join(note.words for note in open_sealed(order.appeal_id).notes)
    assert said.count(HIDDEN[1]) == 3
