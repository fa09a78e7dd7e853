"""A seal that does not open is set aside, told loudly, and holds nothing else up."""

import logging

import pytest
from django.core.management import call_command
from tests.factories import AppealFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.housekeeping import mask_arrivals
from civicloop.apps.intake.models import Appeal, Kind, OnExisting, SealedNote, SealedWords
from civicloop.apps.intake.opening import open_sealed
from civicloop.config.selfcheck import check_seals

SAID = "举报物业经理收钱不办事，我叫欧阳焱，电话13944447777，家住金槿花园17栋1904"
pytestmark = pytest.mark.django_db


def seal_something(appeal: Appeal) -> None:
    """As of an earlier masking: what was found then is sealed, the words themselves say more."""
    words = SealedWords(appeal=appeal)
    words.seal_columns({"text": SAID})
    words.save(force_insert=True)


def forget_the_key(appeal: Appeal) -> None:
    SealedWords.objects.filter(appeal=appeal).update(key_id="gone")


def change_a_byte(appeal: Appeal) -> None:
    words = SealedWords.objects.get(appeal=appeal)
    sealed = bytearray(words.text)
    sealed[-1] ^= 1
    SealedWords.objects.filter(appeal=appeal).update(text=bytes(sealed))


def break_a_note(appeal: Appeal) -> None:
    note = SealedNote(appeal=appeal, about="dispatch_review:1")
    note.seal_words({"note": SAID})
    note.key_id = "gone"
    note.save()


@pytest.fixture
def reports():
    """Three reports that wait for the job; of the first something was sealed before."""
    made = [AppealFactory(text="-", kind=Kind.REPORT, source_key=f"J{one}") for one in range(3)]
    Appeal.objects.update(text=SAID, is_masked=None)
    seal_something(made[0])
    return made


@pytest.mark.parametrize("spoil", [forget_the_key, change_a_byte, break_a_note])
def test_the_others_are_sealed_and_it_is_told(spoil, reports, now, caplog):
    spoil(reports[0])

    with caplog.at_level(logging.ERROR):
        mask_arrivals.func(now)

    left, *others = Appeal.objects.order_by("pk")
    assert (left.is_masked, left.text) == (False, SAID)  # nothing of it is lost
    assert [(one.is_masked, "13944447777" in one.text) for one in others] == [(True, False)] * 2
    event = AuditEvent.objects.get(action="appeal_set_aside")
    assert (event.object_type, event.object_id) == ("appeal", str(left.pk))
    [finding] = check_seals()
    assert not finding.is_safe
    assert "J0" in finding.words
    assert "1 " in finding.words
    assert f"appeal {left.pk} is set aside" in caplog.text
    assert "13944447777" not in caplog.text + finding.words


def test_it_is_told_once_and_sealed_when_the_key_is_back(reports, now, capsys):
    key = SealedWords.objects.get().key_id
    forget_the_key(reports[0])
    mask_arrivals.func(now)
    mask_arrivals.func(now)
    assert AuditEvent.objects.filter(action="appeal_set_aside").count() == 1

    call_command("mask_appeals")
    assert "J0" in capsys.readouterr().err

    SealedWords.objects.filter(appeal=reports[0]).update(key_id=key)
    call_command("mask_appeals")

    assert capsys.readouterr().err == ""
    assert set(Appeal.objects.values_list("is_masked", flat=True)) == {True}
    assert open_sealed(reports[0].pk).words["text"] == SAID
    assert [finding.is_safe for finding in check_seals()] == [True]


def test_an_import_goes_on_beside_it(write_csv, import_file):
    header = ("编号", "受理时间", "渠道", "诉求类型", "标题", "内容", "答复内容")
    rows = [(f"J{one}", "2023-03-05 14:30", "热线", "举报", "物业", SAID, "") for one in range(2)]
    import_file(write_csv(rows, header=header))
    call_command("mask_appeals")
    forget_the_key(Appeal.objects.get(source_key="J0"))

    later = [(*row[:-1], "已答复") for row in rows]
    import_file(write_csv(later, name="b.csv", header=header), on_existing=OnExisting.UPDATE)

    replies = dict(Appeal.objects.values_list("source_key", "reply_text"))
    assert replies == {"J0": "", "J1": "已答复"}
