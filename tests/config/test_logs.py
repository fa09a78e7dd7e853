import json
import logging
import re
import sys
from io import StringIO
from urllib.parse import quote

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponseForbidden, HttpResponseServerError
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.log import log_response
from tests.factories import UserFactory

from civicloop.apps.accounts.asking import asked_by
from civicloop.apps.accounts.models import Role
from civicloop.apps.intake.models import Appeal
from civicloop.config.logs import JsonLines, ShortRefusals, WhoAsked


@pytest.fixture
def log():
    """What the site's own handler writes."""
    [handler] = [
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(each, ShortRefusals) for each in handler.filters)
    ]
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def write(response) -> None:
    request = RequestFactory().get("/imports/")
    try:
        raise PermissionError("no")
    except PermissionError as error:
        log_response("%s", "/imports/", response=response, request=request, exception=error)


def test_a_refused_request_is_one_line_of_the_log(log):
    write(HttpResponseForbidden())

    assert len(log.getvalue().splitlines()) == 1


def test_an_error_of_the_program_keeps_its_traceback(log):
    write(HttpResponseServerError())

    assert "PermissionError: no" in log.getvalue()


def test_a_line_for_a_collector_tells_where_it_broke_and_nothing_of_people():
    try:
        raise ValueError("Key (phone)=(13800138000) already exists")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord(
        "django.request",
        logging.ERROR,
        "views.py",
        7,
        "Error: /x?phone=%s",
        ("13800138000",),
        error,
    )

    line = JsonLines().format(record)

    told = json.loads(line)
    assert (told["level"], told["exception"]) == ("ERROR", "builtins.ValueError")
    assert "test_logs.py" in told["trace"][0]
    assert "138" not in line


def _breaks(error: BaseException) -> None:
    try:
        raise error
    except type(error):
        logging.getLogger("civicloop.jobs").exception("Job 7 failed")


def test_what_a_database_says_of_a_row_is_in_no_line_for_eyes_either(log):
    row = IntegrityError("DETAIL: Failing row contains (17, 欧阳焱, 路灯不亮).")
    try:
        raise ValueError("after 17") from row
    except ValueError as error:
        _breaks(error)

    said = log.getvalue()
    assert "django.db.utils.IntegrityError: (its words may" in said
    assert "ValueError: after 17" in said
    assert "test_logs.py" in said
    assert "欧阳焱" not in said
    assert "Failing row" not in said


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_row_that_is_refused_tells_the_log_nothing_of_itself(log):
    def one(text: str) -> None:
        Appeal.objects.bulk_create([Appeal(channel_id=None, text=text, subject=text)])

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        one(SAID)
    _breaks(refused.value)

    if connection.vendor == "postgresql":
        assert "欧阳焱" in str(refused.value)  # the red twin: the words of the error do tell it
    assert "IntegrityError" in log.getvalue()
    assert not [one for one in ("欧阳焱", "金槿花园", "13944447777") if one in log.getvalue()]


SAID = "欧阳焱住金槿花园，电话13944447777"


def test_numbers_of_people_are_in_no_line_for_eyes(log):
    _breaks(ValueError(f"mail to {'li'}@example.org, {SAID} failed"))
    logging.getLogger("civicloop").error("Not sent to %s", "13944447777")

    assert "failed" in log.getvalue()
    assert not [one for one in ("13944447777", "li@example.org") if one in log.getvalue()]


def test_the_words_of_an_error_write_no_line_of_their_own(log):
    _breaks(ValueError("x\r\n2026-01-01T00:00:00+0800 ERROR forged"))

    assert not [line for line in log.getvalue().splitlines() if line.startswith("2026-01-01")]


@pytest.mark.django_db
def test_what_is_searched_for_is_in_no_line_of_the_log(log, settings, monkeypatch):
    """Searches are addresses; the log has the path alone, whether the page is there, refused, slow or broken."""
    settings.SLOW_QUERY_MS = -1
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role=Role.DISPATCHER))
    client.get("/appeals/?search=欧阳焱13944447777")
    client.get("/none/?search=欧阳焱13944447777")
    client.get("/people/?search=欧阳焱13944447777")
    monkeypatch.setattr(SessionStore, "load", lambda store: 1 / 0)
    client.get("/appeals/?search=欧阳焱13944447777")

    said = log.getvalue()
    for told in ("SELECT", "Not Found: /none/", "Forbidden", "ZeroDivisionError"):
        assert told in said
    assert not [one for one in ("欧阳焱", "13944447777", quote("欧阳焱")) if one in said]


@pytest.mark.django_db
@pytest.mark.ignore_template_errors
def test_where_all_is_told_no_page_writes_what_it_holds(log, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django")
    client = Client()
    client.force_login(UserFactory(role=Role.OPERATOR))

    client.get("/help/", {"text": "我是欧阳焱，电话13944447777"})
    client.get("/desk/new/")

    said = log.getvalue() + caplog.text
    assert not [one for one in ("欧阳焱", "13944447777", "csrf_token") if one in said]


@pytest.mark.parametrize(
    "path", ["/none%0d%0a2026-01-01T00:00:00+0800%20ERROR%20forged/", "/%1b%5b2J%7f/"]
)
def test_no_address_writes_a_line_of_its_own_into_the_log(path, log, db):
    assert Client().get(path).status_code == 404

    assert len(log.getvalue().splitlines()) == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", log.getvalue())


@pytest.mark.django_db
def test_a_line_says_for_whom_something_was_done(log):
    user = UserFactory(role=Role.DISPATCHER)
    client = Client()
    client.force_login(user)
    client.get("/people/")

    with asked_by(user):
        logging.getLogger("civicloop.slow").warning("800 ms: SELECT 1")
    logging.getLogger("civicloop.slow").warning("900 ms: SELECT 2")

    of_page, of_statement, of_nobody = log.getvalue().splitlines()
    assert f" account={user.pk} Forbidden (Permission denied): /people/" in of_page
    assert f" account={user.pk} 800 ms" in of_statement
    assert " account=- 900 ms" in of_nobody
    assert user.username not in log.getvalue()


def test_who_asked_is_not_looked_up_for_the_log(django_assert_num_queries, db):
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(UserFactory)
    record = logging.makeLogRecord({"request": request})

    with django_assert_num_queries(0), asked_by(request.user):
        assert WhoAsked().filter(record)
    assert record.account == "-"


def test_a_line_says_when_with_the_offset_from_utc(log):
    write(HttpResponseForbidden())

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ", log.getvalue())
