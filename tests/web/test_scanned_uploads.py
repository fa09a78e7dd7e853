"""Where the city has a scanner of files, no page sees a file before it was looked through."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.clamd import HARM, clamd
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.intake.models import ImportRun
from civicloop.config.environment import read_environment
from civicloop.config.selfcheck import check_scanner
from civicloop.config.unsafe import UnsafeEnvironmentError
from civicloop.connectors.file_scanner import Scanner, scanner_of

pytestmark = pytest.mark.django_db
GOOD = "编号,内容\n1,路灯不亮\n".encode()


@pytest.fixture
def scanner(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clamd() as (url, seen):
        settings.FILE_SCANNER = scanner_of(url)
        yield seen


@pytest.fixture
def client() -> Client:
    client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    client.force_login(UserFactory(role=Role.DISPATCHER))
    return client


def _send(client: Client, content: bytes):
    file = SimpleUploadedFile("appeals.csv", content, content_type="text/csv")
    answers = {"file": file, "source": "热线 2023 年", "on_error": "skip", "mapping": ""}
    return client.post(reverse("intake:import_list"), answers)


def test_a_good_file_goes_on_whole(client, scanner):
    _send(client, GOOD)

    assert scanner == [GOOD]
    assert ImportRun.objects.count() == 1


def test_a_harmful_file_reaches_no_page(client, scanner, caplog):
    told = _send(client, GOOD + HARM)

    assert told.status_code == 422
    assert "harmful" in told.text
    assert "热线 2023 年" in told.text  # to be copied
    assert not ImportRun.objects.exists()
    assert "Test.Harm-1" in caplog.text
    assert "appeals.csv" not in caplog.text  # a name of a file may name a person


def test_while_nobody_looks_no_file_is_taken(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.FILE_SCANNER = Scanner(host="127.0.0.1", port=1)

    told = _send(client, GOOD)

    assert told.status_code == 503
    assert told["Retry-After"] == "30"
    assert "12345" in told.text
    assert not ImportRun.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_without_a_file_nothing_is_asked_of_it(client, settings):
    settings.FILE_SCANNER = Scanner(host="127.0.0.1", port=1)

    assert client.get(reverse("home")).status_code == 200
    assert client.post(reverse("set_language"), {"language": "en"}).status_code == 302


def test_every_file_of_a_citizens_form_is_looked_through(scanner):
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "JPEG")
    files = [
        SimpleUploadedFile(f"{number}.jpg", content, content_type="image/jpeg")
        for number, content in enumerate([picture.getvalue(), picture.getvalue() + HARM])
    ]

    told = Client(headers={"Accept-Language": "zh-hans"}).post(
        reverse("citizen:check"), {"text": "路灯不亮，晚上看不见", "photos": files}
    )

    assert told.status_code == 422
    assert "路灯不亮，晚上看不见" in told.text
    assert len(scanner) == 2


def test_whoever_may_not_come_in_makes_it_no_work(scanner):
    assert _send(Client(), GOOD).status_code == 302

    assert scanner == []


def test_doctor_asks_whether_it_is_there(scanner, settings):
    [there] = check_scanner()
    settings.FILE_SCANNER = Scanner(host="127.0.0.1", port=1)
    [away] = check_scanner()
    settings.FILE_SCANNER = None

    assert (there.is_warning, away.is_warning) == (False, True)
    assert list(check_scanner()) == []


def test_the_setting_is_an_address_or_nothing(monkeypatch):
    monkeypatch.setenv("CIVICLOOP_FILE_SCANNER", "unix:///run/clamav/clamd.ctl")
    assert read_environment().file_scanner == Scanner(path="/run/clamav/clamd.ctl")
    monkeypatch.setenv("CIVICLOOP_FILE_SCANNER", "clamd")
    with pytest.raises(UnsafeEnvironmentError, match="CIVICLOOP_FILE_SCANNER"):
        read_environment()
