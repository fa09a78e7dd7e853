import json
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.factories import AppealFactory, AreaFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.masking import mask_appeals
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.actions.readings import kinds_in_use, learn_kinds, read_appeals
from civicloop.apps.issues.evaluation import UnreadableJudgementsError
from civicloop.apps.issues.models import AppealReading, KindModelVersion
from civicloop.apps.issues.queries import reading_of, urgent_waiting
from civicloop.apps.issues.reading_truth import evaluate_readings, read_judged_texts
from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.kinds import KindModel, KindText

pytestmark = pytest.mark.django_db


def test_each_appeal_is_read_once(now: datetime) -> None:
    AreaFactory(name="云溪区")
    appeal = AppealFactory(
        text="云溪区翠庐花园昨晚煤气泄漏，物业不管。另外，垃圾没人清运。", subject="求助"
    )

    assert read_appeals(now=now) == 1
    assert read_appeals(now=now) == 0

    reading = AppealReading.objects.get()
    [place, *_others] = reading.spans["places"]
    assert appeal.text[place[0] : place[1]] == "云溪区翠庐花园"
    assert (reading.urgency, reading.request_count) == (3, 2)
    assert reading.danger_words == ["煤气泄漏"]
    assert AuditEvent.objects.get(action="appeals_read").details["appeals"] == 1


def test_an_appeal_that_an_import_changed_is_read_again(now: datetime) -> None:
    appeal = AppealFactory(text="煤气泄漏")
    read_appeals(now=now)

    appeal.text, appeal.content_hash = "路灯不亮", "changed"
    appeal.save()

    assert reading_of(appeal) is None
    assert read_appeals(now=now) == 1
    reading = reading_of(appeal)
    assert reading is not None
    assert reading.urgency == 0


def test_kinds_are_learned_from_the_citys_own_rows(now: datetime) -> None:
    for number in range(200):
        kind, word = [(Kind.HELP, "蓝灯"), (Kind.COMPLAINT, "绿灯")][number % 2]
        AppealFactory(text=f"{word}常亮{number}", kind=kind)

    version = learn_kinds(now=now)

    assert version is not None
    assert version.row_count == 200
    assert kinds_in_use().suggest([KindText(text="蓝灯常亮")])[0].kind == "help"


def test_too_few_rows_leave_the_rules(now: datetime) -> None:
    AppealFactory()

    assert learn_kinds(now=now) is None
    assert not KindModelVersion.objects.exists()
    assert kinds_in_use().suggest([KindText(text="请问如何办理？")])[0].kind == "enquiry"


def test_learning_anew_reads_all_again(now: datetime) -> None:
    for number in range(200):
        AppealFactory(text=f"灯{number}", kind=[Kind.HELP, Kind.COMPLAINT][number % 2])
    read_appeals(now=now)

    assert read_appeals(now=now, learn=True) == 200


def test_urgent_appeals_that_wait_come_newest_first(now: datetime) -> None:
    AppealFactory(text="路灯不亮")
    first = AppealFactory(text="煤气泄漏")
    AppealFactory(text="煤气泄漏", replied=True)
    second = AppealFactory(text="有人要跳楼，自杀")
    read_appeals(now=now)

    assert [reading.appeal_id for reading in urgent_waiting(limit=5)] == [second.pk, first.pk]


def test_the_command_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    AppealFactory()

    call_command("read_appeals")

    assert "1" in capsys.readouterr().out


def judged_file(folder: Path, *rows: dict[str, object]) -> Path:
    file = folder / "texts.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return file


def test_anyones_judged_texts_are_measured(tmp_path: Path) -> None:
    file = judged_file(
        tmp_path,
        {"text": "云溪区煤气泄漏", "kind": "投诉", "dangers": [[3, 7]], "places": [[0, 3]]},
        {"text": "没有人受伤", "kind": "complaint", "decoys": [[3, 5]], "requests": [[0, 5]]},
    )

    figures = evaluate_readings(
        read_judged_texts(file), gazetteer=Gazetteer({"云溪区": "county"}), kinds=KindModel()
    )

    assert figures["dangers"]["overlap_f1"] == 1
    assert figures["dangers"]["false_alarms"] == 0
    assert figures["places"]["exact_f1"] == 1
    assert figures["kinds"]["accuracy"] == 1
    assert "times" not in figures


def test_levels_of_urgency_are_measured(tmp_path: Path) -> None:
    leak, lamp = "家里煤气泄漏了，快来人", "路灯不亮"
    texts = [(leak, 3), (leak, 1), (lamp, 0), (lamp, 3), (lamp, None)]
    rows = [{"text": text, "urgency": level} for text, level in texts]

    figures = evaluate_readings(
        read_judged_texts(judged_file(tmp_path, *rows)), gazetteer=Gazetteer({}), kinds=KindModel()
    )

    assert figures == {
        "urgency": {
            "rows": 4,
            "accuracy": 0.5,
            "too_low": 0.25,
            "judged_level_3": 2,
            "level_3_r": 0.5,
            "level_3_p": 0.5,
        }
    }


@pytest.mark.parametrize(
    "row", [{"kind": "投诉"}, {"text": "短", "places": [[0, 9]]}, {"text": "短", "received_at": "昨天"}, []]
)  # fmt: skip
def test_texts_that_are_judged_wrongly_are_refused(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(UnreadableJudgementsError):
        read_judged_texts(judged_file(tmp_path, row))


def test_no_reading_of_an_unread_appeal() -> None:
    assert reading_of(AppealFactory()) is None


def test_a_report_whose_words_were_sealed_is_read_again(now: datetime) -> None:
    AreaFactory(name="云溪区")
    said = "我叫欧阳焱，电话13944447777，举报云溪区翠庐花园物业不管煤气泄漏"
    appeal = AppealFactory(text=said)
    other = AppealFactory(text="云溪区翠庐花园路灯不亮")
    Appeal.objects.filter(pk=appeal.pk).update(kind=Kind.REPORT, is_masked=None)
    assert read_appeals(now=now) == 2

    mask_appeals()

    assert reading_of(appeal) is None
    assert reading_of(other) is not None
    assert read_appeals(now=now) == 1
    text = Appeal.objects.get(pk=appeal.pk).text
    [place, *_others] = AppealReading.objects.get(appeal=appeal).spans["places"]
    assert text != said
    assert text[place[0] : place[1]] == "云溪区翠庐花园"
