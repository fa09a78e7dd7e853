"""The OpenAPI document says what the API does: every address, and every answer to whatever is sent."""

import re

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from civicloop.api.document import document
from civicloop.api.problems import Problem
from civicloop.apps.intake.models import Appeal
from tests.api.conftest import api_addresses
from tests.api.fuzzing import operations, send_examples, send_words


@pytest.fixture(autouse=True)
def the_tests_connection_stays_open():
    """As Django's client for tests does: the end of a request would close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


EXAMPLES = 2  # of each operation, good and bad; `python -m batteries --only fuzzing` sends hundreds


def test_the_document_describes_every_address_and_no_other():
    described = {
        (path, method.upper())
        for path, operations in document()["paths"].items()
        for method in operations.keys() - {"parameters"}
    }
    served = {
        (re.sub(r"<\w+:(\w+)>", r"{\1}", address), method)
        for address, pattern in api_addresses()
        for method in getattr(pattern.callback, "methods", ())
    }

    assert described == served


def test_what_needs_a_key_says_so():
    for address, pattern in api_addresses():
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", address)
        for method, action in getattr(pattern.callback, "methods", {}).items():
            operation = document()["paths"][path][method.lower()]
            is_form = "requestBody" in operation and "open311" in path  # its key is a field
            assert bool(action) == (operation.get("security") == [{"key": []}] or is_form)


def test_every_problem_has_its_answer(program, db):
    said = program.get("/api/openapi.json").json()

    assert said["openapi"] == "3.1.0"
    assert set(said["components"]["responses"]) == {problem.code for problem in Problem}


@pytest.mark.one_database
def test_whatever_is_sent_gets_an_answer_that_the_document_describes(make_key):
    key, sent = make_key(hourly_limit=100_000), 0

    for operation in operations():
        sent += send_examples(operation, key=key, examples=EXAMPLES)

    assert sent > 20
    assert Appeal.objects.exists()


def test_no_words_break_it_wherever_they_stand(make_key):
    key, sent = make_key(hourly_limit=100_000), 0

    for operation in operations():
        sent += send_words(operation, key=key)

    assert sent > 100


def test_an_answer_that_breaks_is_found(make_key, monkeypatch):
    """The red twin: one letter breaks the reading of a form."""
    monkeypatch.setattr("civicloop.api.open311.sending.UNKEEPABLE", Breaks())
    key = make_key(hourly_limit=100_000)
    [send] = [one for one in operations() if one.method == "post" and "open311" in one.path]

    with pytest.raises(BaseExceptionGroup, match="Server error") as found:
        send_words(send, key=key)

    assert "ServerError" in {type(one).__name__ for one in found.value.exceptions}


class Breaks:
    def search(self, written: str) -> None:
        assert "İ" not in written
