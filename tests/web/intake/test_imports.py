import re
from datetime import datetime, timedelta
from io import BytesIO
from time import monotonic, sleep

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.web.background import LONGEST_WAIT_SECONDS, shared_with_background  # noqa: F401  a fixture

from civicloop.apps.intake.actions import apply_import
from civicloop.apps.intake.models import Appeal, ImportRun, ImportState, RejectedRow

URL = "/imports/"
GOOD_AND_BAD = """编号,受理时间,来电人,标题,内容
T-1,2023-11-10 09:05,王某某,路灯不亮,青禾路路灯连续三晚不亮
T-2,昨天,李某某,停水,梧桐里停水三天
"""
ODD_HEADERS = """编号,乙,内容
T-1,2023-11-10 09:05,青禾路路灯连续三晚不亮
"""
TWO_TEXTS = """编号,受理时间,内容,内容
T-1,2023-11-10 09:05,路灯不亮,停水
"""
UNANSWERED = """编号,受理时间,内容,答复
T-1,2023-11-10 09:05,路灯不亮,
"""
ANSWERED = UNANSWERED.strip() + "已修复\n"


def upload(client: Client, content: str, name: str = "导出.csv", **fields: str):
    answers = {"on_error": "skip", "source": "", "mapping": "", **fields}
    file = SimpleUploadedFile(name, content.encode())
    return client.post(URL, {"file": file, **answers})


def page_of(run: ImportRun) -> str:
    return reverse("intake:import_run", args=[run.pk])


@pytest.fixture
def running(dispatcher: Client, now: datetime) -> ImportRun:
    return ImportRun.objects.create(
        source="test",
        file_name="大表.xlsx",
        file_sha256="0" * 64,
        on_error="skip",
        state=ImportState.RUNNING,
        created_at=now,
        beat_at=datetime.max.replace(tzinfo=now.tzinfo) - timedelta(days=1),
        row_estimate=120_000,
        row_count=43_500,
    )


def test_upload_leads_to_a_preview_and_brings_nothing_in(dispatcher: Client) -> None:
    response = upload(dispatcher, GOOD_AND_BAD)

    run = ImportRun.objects.get()
    assert response["Location"] == page_of(run)
    assert run.state == ImportState.PREVIEW
    assert not Appeal.objects.exists()


def test_preview_shows_columns_rows_and_problems_with_cures(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)

    text = dispatcher.get(page_of(ImportRun.objects.get())).text

    assert '<option value="received_at" selected>time of receipt</option>' in text
    assert "青禾路路灯连续三晚不亮" in text
    assert "“昨天” is no date." in text
    assert "Write it like 2024-03-05 14:30." in text


def test_preview_hides_who_the_citizen_is(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)

    text = dispatcher.get(page_of(ImportRun.objects.get())).text

    assert "王某某" not in text
    assert "•••" in text


def test_upload_without_a_file_is_refused_in_words(dispatcher: Client) -> None:
    response = dispatcher.post(URL, {"on_error": "skip", "source": "热线"})

    assert "There is a problem" in response.text
    assert '<a href="#id_file">Choose a file first.</a>' in response.text
    assert 'value="热线"' in response.text
    assert re.search(r"<title>\s*Error:", response.text)


def test_empty_file_is_refused_in_words(dispatcher: Client) -> None:
    response = upload(dispatcher, "")

    assert "This file is empty: it holds 0 bytes." in response.text


def test_file_over_the_limit_is_refused_in_words(dispatcher: Client, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 20

    response = upload(dispatcher, GOOD_AND_BAD)

    assert "Split it in two." in response.text
    assert not ImportRun.objects.exists()


def test_file_that_cannot_be_read_fails_in_words(dispatcher: Client) -> None:
    response = upload(dispatcher, "<html><table><tr><td>1</td></tr></table></html>", "表.xls")

    text = dispatcher.get(response["Location"]).text
    assert 'role="alert"' in text
    assert "Try another file or mapping" in text


def test_other_columns_are_chosen_and_the_file_looked_at_again(dispatcher: Client) -> None:
    upload(dispatcher, ODD_HEADERS)
    first = ImportRun.objects.get()

    dispatcher.post(
        reverse("intake:remap_import", args=[first.pk]),
        {"A": "id", "B": "received_at", "C": "text"},
    )

    again = ImportRun.objects.latest("id")
    assert first.state == ImportState.FAILED  # no column for the time
    assert again.state == ImportState.PREVIEW
    assert [column["field"] for column in again.preview["columns"]] == [
        "id",
        "received_at",
        "text",
    ]
    assert again.preview["good"] == 1


def test_looking_again_gives_the_earlier_look_up(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    first = ImportRun.objects.get()
    answers = {"A": "id", "B": "received_at", "C": "ignore", "D": "subject", "E": "text"}

    dispatcher.post(reverse("intake:remap_import", args=[first.pk]), answers)

    first.refresh_from_db()
    assert first.state == ImportState.ABANDONED


def test_one_field_for_two_columns_is_refused_in_words(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    run = ImportRun.objects.get()
    answers = {"A": "id", "B": "received_at", "C": "text", "D": "ignore", "E": "text"}

    response = dispatcher.post(reverse("intake:remap_import", args=[run.pk]), answers)

    assert "“text of the appeal” is chosen for more than one column." in response.text
    assert ImportRun.objects.count() == 1


@pytest.mark.usefixtures("shared_with_background")
def test_confirmed_import_brings_the_good_rows_in_and_the_bad_ones_back(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    run = ImportRun.objects.get()

    dispatcher.post(reverse("intake:start_import", args=[run.pk]))
    give_up_at = monotonic() + LONGEST_WAIT_SECONDS
    while run.state in {ImportState.PREVIEW, ImportState.RUNNING} and monotonic() < give_up_at:
        sleep(0.2)
        run.refresh_from_db()

    text = dispatcher.get(page_of(run)).text
    assert run.state == ImportState.DONE
    assert f'href="/appeals/?run={run.pk}"' in text
    listed = dispatcher.get("/appeals/", {"run": run.pk}).context["page"].appeals
    assert [appeal.source_key for appeal in listed] == ["T-1"]
    workbook = dispatcher.get(reverse("intake:returned_workbook", args=[run.pk]))
    sheet = openpyxl.load_workbook(BytesIO(workbook.content)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "“昨天” is no date." in cells
    assert "T-1" not in cells


def test_import_that_has_ended_is_not_started_again(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    run = ImportRun.objects.get()
    dispatcher.post(reverse("intake:abandon_import", args=[run.pk]))

    start = dispatcher.post(reverse("intake:start_import", args=[run.pk]), follow=True)
    again = dispatcher.post(reverse("intake:abandon_import", args=[run.pk]), follow=True)

    assert "You gave this import up; nothing of it went in." in start.text
    assert "This import is already at work, or has ended." in start.text
    assert "This import is already at work, or has ended." in again.text


def test_running_import_asks_again_with_and_without_script(
    dispatcher: Client, running: ImportRun
) -> None:
    text = dispatcher.get(page_of(running)).text

    assert 'hx-trigger="every 1s"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert "43,500 of about 120,000 rows" in text


def test_progress_comes_as_a_fragment(dispatcher: Client, running: ImportRun) -> None:
    response = dispatcher.get(page_of(running), headers={"HX-Request": "true"})

    assert response.text.lstrip().startswith("<section")
    assert "no-store" in response["Cache-Control"]


def test_stopped_import_offers_to_continue_and_asks_no_more(
    dispatcher: Client, running: ImportRun, now: datetime
) -> None:
    running.beat_at = now
    running.save()

    text = dispatcher.get(page_of(running)).text

    assert reverse("intake:start_import", args=[running.pk]) in text
    assert "hx-trigger" not in text
    assert "stopped" in dispatcher.get(URL).text


def test_abort_on_a_bad_row_says_that_nothing_went_in(
    dispatcher: Client, running: ImportRun
) -> None:
    running.state = ImportState.FAILED
    running.failure = {
        "kind": "rows", "code": "rows_rejected", "params": {"count": "2"}, "line": 0
    }  # fmt: skip
    running.save()

    text = dispatcher.get(page_of(running)).text

    assert "2 rows are bad, so nothing was imported." in text


def test_problem_in_a_callers_cell_hides_the_value(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    run = ImportRun.objects.get()
    problem = {
        "code": "error_value",
        "column": "C",
        "header": "来电人",
        "value": "赵某某",
        "params": {},
    }
    RejectedRow.objects.create(run=run, row_number=9, problems=[problem])

    text = dispatcher.get(page_of(run)).text

    assert text.count("•••") == 4  # two callers among the first rows; this value and its reason
    assert "赵某某" not in text


def test_bad_rows_can_be_fetched_before_anything_goes_in(dispatcher: Client) -> None:
    upload(dispatcher, GOOD_AND_BAD)
    address = reverse("intake:returned_workbook", args=[ImportRun.objects.get().pk])

    assert address in dispatcher.get(page_of(ImportRun.objects.get())).text
    assert dispatcher.get(address).status_code == 200


def test_import_without_bad_rows_returns_no_workbook(
    dispatcher: Client, running: ImportRun
) -> None:
    response = dispatcher.get(reverse("intake:returned_workbook", args=[running.pk]))

    assert response.status_code == 404


def test_unknown_import_is_not_found(dispatcher: Client) -> None:
    assert dispatcher.get(reverse("intake:import_run", args=[4242])).status_code == 404


def bring_in(run: ImportRun, now: datetime) -> ImportRun:
    return apply_import(run=run, now_of=lambda: now)


def test_preview_says_which_of_two_columns_is_not_read(dispatcher: Client) -> None:
    upload(dispatcher, TWO_TEXTS)

    text = dispatcher.get(page_of(ImportRun.objects.get())).text

    assert "Column D “内容” is not read: column C “内容” is taken as text of the appeal." in text


def test_preview_says_under_which_source_the_rows_stand_already(
    dispatcher: Client, now: datetime
) -> None:
    upload(dispatcher, UNANSWERED, source="hotline")
    apply_import(run=ImportRun.objects.get(), now_of=lambda: now)
    upload(dispatcher, ANSWERED, source="mailbox")

    page = dispatcher.get(page_of(ImportRun.objects.latest("id"))).content.decode()

    [notice] = re.findall(r'class="notice" role="status">(.*?)</div>', page, re.DOTALL)
    assert "hotline" in notice
    assert "mailbox" in notice


def test_update_is_chosen_on_the_page_and_shown_before_and_after(
    dispatcher: Client, now: datetime
) -> None:
    upload(dispatcher, UNANSWERED)
    bring_in(ImportRun.objects.get(), now)
    upload(dispatcher, ANSWERED, on_existing="update")
    run = ImportRun.objects.latest("id")

    before = dispatcher.get(page_of(run)).text
    bring_in(run, now)
    after = dispatcher.get(page_of(run)).text

    assert re.search(r"would be updated</dt><dd class=\"figure\">1<", before)
    assert re.search(r"Updated</dt><dd class=\"figure\">1<", after)
    assert reverse("intake:appeal", args=[Appeal.objects.get().pk]) in after
    assert "reply" in after


def test_without_a_choice_an_answered_row_comes_back(dispatcher: Client, now: datetime) -> None:
    upload(dispatcher, UNANSWERED)
    bring_in(ImportRun.objects.get(), now)

    upload(dispatcher, ANSWERED)

    run = ImportRun.objects.latest("id")
    assert (run.preview["updated"], run.preview["rejected"]) == (0, 1)
    assert "--on-existing update" in dispatcher.get(page_of(run)).text


def test_other_columns_keep_the_choice_for_known_appeals(dispatcher: Client) -> None:
    upload(dispatcher, UNANSWERED, on_existing="update")
    first = ImportRun.objects.get()
    answers = {"A": "id", "B": "received_at", "C": "text", "D": "ignore"}

    dispatcher.post(reverse("intake:remap_import", args=[first.pk]), answers)

    assert ImportRun.objects.latest("id").on_existing == "update"


def test_page_says_that_the_file_is_gone_and_offers_no_other_columns(
    dispatcher: Client, now: datetime
) -> None:
    upload(dispatcher, ODD_HEADERS)
    run = ImportRun.objects.get()
    open_page = dispatcher.get(page_of(run)).text
    ImportRun.objects.update(file_removed_at=now)

    text = dispatcher.get(page_of(run)).text

    assert reverse("intake:remap_import", args=[run.pk]) in open_page
    assert reverse("intake:remap_import", args=[run.pk]) not in text
    assert "The file itself was removed on" in text
