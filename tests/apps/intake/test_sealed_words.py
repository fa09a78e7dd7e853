"""What a citizen says of persons and homes in a report lies sealed; its appeal and the search have it not."""

import pytest
from tests.factories import AppealFactory, UserFactory

from civicloop.apps.accounts.visibility import read_by
from civicloop.apps.intake.actions.revealing import ask_look, decide_look, open_look, read_look
from civicloop.apps.intake.masking import mask_appeals
from civicloop.apps.intake.models import Appeal, Kind, RejectedRow, SealedWords
from civicloop.apps.intake.opening import open_sealed
from civicloop.apps.intake.queries import AppealFilters, appeals_page
from civicloop.apps.intake.search import index_new_appeals
from civicloop.apps.vault.keys import add_key
from civicloop.apps.vault.rotating import rotate
from civicloop.engines import pii

pytestmark = pytest.mark.django_db
PHONE = "13944447777"
SAID = f"举报物业经理收钱不办事，我叫欧阳焱，电话{PHONE}，家住金槿花园17栋1904"
HEADER = ("编号", "受理时间", "渠道", "诉求类型", "标题", "内容", "答复内容")
REPORT = ("J1", "2023-03-05 14:30", "热线", "举报", "物业", SAID)
HIDDEN = (PHONE, "欧阳焱", "17栋1904")


def is_open(appeal: Appeal) -> bool:
    kept = Appeal.objects.filter(pk=appeal.pk).values().get()
    return any(one in repr(kept) for one in HIDDEN)


def found(words: str) -> list[int]:
    return [a.pk for a in appeals_page(AppealFilters(search=words), size=10).appeals]


@pytest.mark.parametrize("about", [{"kind": Kind.REPORT}, {"is_confidential": True}])
def test_a_new_report_is_sealed_as_it_is_kept(about):
    appeal = AppealFactory(text=SAID, address="金槿花园17栋1904", **about)

    assert not is_open(appeal)
    assert "举报物业经理收钱不办事" in Appeal.objects.get().text
    words = open_sealed(appeal.pk).words
    assert (words["text"], words["address"], words["subject"]) == (SAID, "金槿花园17栋1904", "")


def test_an_ordinary_appeal_and_a_report_that_tells_of_nobody_are_not(now):
    AppealFactory(text=SAID)
    AppealFactory(text="举报物业乱收费", kind=Kind.REPORT)

    mask_appeals()

    assert not SealedWords.objects.exists()


def test_a_report_of_an_import_is_sealed_by_the_job_and_goes_from_the_search(
    write_csv, import_file
):
    import_file(write_csv([(*REPORT, "")], header=HEADER))
    index_new_appeals()
    appeal = Appeal.objects.get()
    assert found(PHONE) == [appeal.pk]  # the red twin: until the job has run

    mask_appeals()

    assert not is_open(appeal)
    assert found(PHONE) == []
    assert found("收钱不办事") == [appeal.pk]
    assert open_sealed(appeal.pk).words["text"] == SAID


def test_a_later_row_knows_its_report_by_what_was_said(write_csv, import_file):
    import_file(write_csv([(*REPORT, "")], header=HEADER))
    mask_appeals()

    later = write_csv([(*REPORT, "已查处")], header=HEADER, name="later.csv")
    import_file(later, on_existing="update")

    assert not RejectedRow.objects.exists()
    assert Appeal.objects.get().reply_text == "已查处"


def test_what_becomes_a_report_is_sealed_by_the_job():
    appeal = AppealFactory(text=SAID)
    index_new_appeals()
    appeal.kind = Kind.REPORT
    appeal.save(update_fields=["kind"])

    mask_appeals()

    assert not is_open(appeal)
    assert found(PHONE) == []


def test_a_second_person_lets_it_be_read(now):
    asking, allowing = UserFactory(role="dispatcher"), UserFactory(role="supervisor")
    appeal = AppealFactory(text=SAID, kind=Kind.REPORT)
    look = ask_look(appeal=appeal, reason="核实", actor=asking, now=now)
    decide_look(look_id=look.pk, is_allowed=True, actor=allowing, now=now)
    opened = open_look(look_id=look.pk, actor=asking, now=now)

    assert read_look(look=opened, actor=asking, now=now).words["text"] == SAID


def test_a_reader_s_saving_leaves_what_is_sealed():
    appeal = AppealFactory(text=SAID, kind=Kind.REPORT)
    with read_by(UserFactory(role="leader")):
        read = Appeal.objects.get(pk=appeal.pk)
        read.reply_text = "已查处"
        read.save()

    assert open_sealed(appeal.pk).words["text"] == SAID
    assert not is_open(appeal)


def test_sealed_words_are_renewed_with_the_key():
    appeal = AppealFactory(text=SAID, kind=Kind.REPORT)
    add_key()

    assert rotate().sealed_count == 1
    assert open_sealed(appeal.pk).words["text"] == SAID


def test_a_report_that_is_masked_by_newer_rules_keeps_what_was_said(monkeypatch):
    said = "举报物业，联系方式 abc@qq.comwx123456789"
    with monkeypatch.context() as older:
        older.setattr(pii, "MOST_LOOKS", 0)
        appeal = AppealFactory(text=said, kind=Kind.REPORT)
    once = Appeal.objects.get().text
    Appeal.objects.update(is_masked=None)

    mask_appeals()

    assert Appeal.objects.get().text != once  # the red twin: the newer rules find more
    assert open_sealed(appeal.pk).words["text"] == said
