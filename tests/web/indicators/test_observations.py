import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.indicators.stating import define, state
from tests.web.indicators.conftest import CITY

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.indicators.models import Observation, SourceDocument

pytestmark = pytest.mark.django_db

HEAD = "指标,地区,时期,数值,计量单位,状态,页,单元格\n"
GOOD = f"heat_pipes,{CITY},2023-10,7.9,公里,R,表3,C7\nheat_pipes,{CITY},2023-08,4.5,公里,F,表3,C5\n"
ADDRESS = "/indicators/observations/"


@pytest.fixture
def supervisor(log_in, places, today, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    define("works", now=today)
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里", now=today)
    return log_in(Role.SUPERVISOR)


def send(client, rows, name="pipes.csv"):
    file = SimpleUploadedFile(name, (HEAD + rows).encode())
    response = client.post(ADDRESS, {"file": file})
    return response, " ".join(response.content.decode().split())


def token_in(text):
    return re.search(r'name="token" value="([^"]+)"', text)[1]


def test_columns_are_named_as_a_file_may_have_them(supervisor):
    text = supervisor.get(ADDRESS).content.decode()

    assert "指标 / INDICATOR" in text
    assert "计量单位 / UNIT_MEASURE" in text


def test_a_file_is_looked_at_before_anything_is_written(supervisor):
    response, text = send(supervisor, GOOD)

    assert response.status_code == 200
    assert "1 new, 1 revised, 0 known already" in text
    assert "7.2" in text
    assert "7.9 km" in text
    assert Observation.objects.count() == 1


def test_what_is_confirmed_stands_beside_what_it_revises_with_document_page_and_cell(supervisor):
    _, text = send(supervisor, GOOD)
    said = {"token": token_in(text), "publisher": "统计局", "published_day": "2023-11-10"}

    page = supervisor.post(f"{ADDRESS}record/", said, follow=True)

    assert "2 observations recorded." in page.content.decode()
    stated = Observation.objects.filter(period="2023-10").order_by("pk")
    assert [each.value for each in stated] == [Decimal("7.2"), Decimal("7.9")]
    source = SourceDocument.objects.latest("pk")
    assert (source.name, source.publisher) == ("pipes.csv", "统计局")
    assert (stated[1].page, stated[1].cell, stated[1].document) == ("表3", "C7", source)
    assert AuditEvent.objects.filter(action="record_observations", object_id=source.pk).exists()

    again = supervisor.post(f"{ADDRESS}record/", said, follow=True)
    assert "all of it is known already" in again.content.decode()
    assert Observation.objects.count() == 3


def test_one_bad_row_and_none_goes_in_each_told_with_row_column_and_cure(supervisor):
    _, text = send(supervisor, GOOD + f"nothing,{CITY},2023-13,x,公里,F,,\n")

    assert "one bad row and none goes in" in text
    assert "No indicator uses this series." in text
    assert "This is no period." in text
    assert "Record them" not in text
    said = {"token": token_in(text), "publisher": "统计局"}
    assert "some rows are bad" in supervisor.post(f"{ADDRESS}record/", said, follow=True).content.decode()  # fmt: skip
    assert Observation.objects.count() == 1

    workbook = supervisor.post(f"{ADDRESS}returned/", said).content
    head, row = openpyxl.load_workbook(io.BytesIO(workbook)).active.iter_rows(values_only=True)
    assert head[:2] == ("Row", "指标")
    assert row[:3] == (4, "nothing", CITY)
    assert "Write 2023-10" in row[-1]


def test_a_doubtful_row_goes_in_when_somebody_says_that_it_is_right(supervisor, today):
    for month in (6, 7, 9):
        state("heat_pipes", f"2023-{month:02}", Decimal("7"), unit="公里", now=today)
    _, text = send(supervisor, f"heat_pipes,{CITY},2023-08,70000,公里,F,,\n")
    said = {"token": token_in(text), "publisher": "统计局"}

    assert "is the unit right?" in text
    supervisor.post(f"{ADDRESS}record/", said)
    assert Observation.objects.filter(period="2023-08").count() == 0
    supervisor.post(f"{ADDRESS}record/", said | {"confirm_doubts": "on"})
    assert Observation.objects.get(period="2023-08").value == 70_000


def test_what_is_no_table_or_says_nothing_is_refused_in_a_sentence(supervisor):
    response, text = send(supervisor, "", name="a.csv")
    bad = SimpleUploadedFile("b.csv", b"a,b\n1,2\n")
    other = supervisor.post(ADDRESS, {"file": bad})

    assert response.status_code == 200
    assert "a header and no rows" in text
    assert other.status_code == 422
    assert "b.csv" in other.content.decode()
    assert supervisor.post(ADDRESS, {}).status_code == 422


def test_the_word_for_a_file_is_one_persons_and_must_be_whole(supervisor, log_in):
    _, text = send(supervisor, GOOD)
    token = token_in(text)
    from civicloop.apps.accounts.models import User

    other = User.objects.create_user(username="another", role=Role.SUPERVISOR)
    supervisor.force_login(other)

    for word in (token, "x", token[:-2]):
        page = supervisor.post(f"{ADDRESS}record/", {"token": word, "publisher": "a"}, follow=True)
        assert "no longer kept" in page.content.decode()
        assert supervisor.post(f"{ADDRESS}returned/", {"token": word}).status_code == 302
    assert Observation.objects.count() == 1


def test_who_stated_it_must_be_said(supervisor):
    _, text = send(supervisor, GOOD)

    page = supervisor.post(f"{ADDRESS}record/", {"token": token_in(text)})

    assert page.status_code == 422
    assert "Name the office or firm" in page.content.decode()


def test_the_board_leads_supervisors_there_and_nobody_else(supervisor, client, log_in):
    assert ADDRESS in supervisor.get("/indicators/").content.decode()
    assert ADDRESS not in log_in(Role.LEADER).get("/indicators/").content.decode()
