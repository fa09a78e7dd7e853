"""A PostgreSQL that says nothing any more keeps no page waiting."""

import os
import subprocess
import sys
import time
from urllib.parse import quote

import psycopg
import pytest
from django.db import OperationalError, connection

from civicloop.config.postgresql import base

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


@pytest.fixture
def pages(monkeypatch):
    """A connection as a page has it, to a server that ends no statement by itself."""
    monkeypatch.setattr(base, "SILENT", base.SilentServer())
    monkeypatch.setattr(base, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(base, "REST_SECONDS", 1.0)
    wrapper = base.DatabaseWrapper(
        connection.settings_dict | {"OPTIONS": {"options": "-c statement_timeout=0"}}, "pages"
    )
    yield wrapper
    wrapper.close()


def ask(pages, statement="SELECT 1"):
    with pages.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_who_gets_no_answer_gives_up_and_the_next_are_refused_at_once(pages):
    began = time.monotonic()
    with pytest.raises(OperationalError):
        ask(pages, "SELECT pg_sleep(3)")
    gave_up = time.monotonic() - began
    pages.close_if_unusable_or_obsolete()
    with pytest.raises(OperationalError, match="a moment ago"):
        ask(pages)
    refused = time.monotonic() - began - gave_up

    assert 0.4 < gave_up < 10
    assert refused < 0.4


def test_after_a_moment_it_is_asked_again(pages):
    with pytest.raises(OperationalError):
        ask(pages, "SELECT pg_sleep(3)")
    pages.close_if_unusable_or_obsolete()
    time.sleep(1.0)

    assert ask(pages) == (1,)
    pages.close()
    assert ask(pages) == (1,)


def test_of_those_who_look_again_one_does(monkeypatch):
    silent = base.SilentServer()
    silent.found()
    silent.refused_until = time.monotonic() - 1

    silent.refuse_soon_after()
    with pytest.raises(psycopg.OperationalError):
        silent.refuse_soon_after()


PAGES_AFTER_A_COMMAND = """
import django; django.setup()
from django.db import connection
connection.ensure_connection()  # as `civicloop serve` does before it forks
import civicloop.config.wsgi
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(*cursor.fetchone(), type(connection.connection).__name__)
"""


@pytest.mark.django_db(transaction=True)
def test_pages_of_a_process_that_was_a_command_before_wait_as_pages_do():
    told = connection.settings_dict
    url = f"postgres://{told['USER']}@{quote(told['HOST'], safe='')}/{told['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", PAGES_AFTER_A_COMMAND],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["15s", "BoundedConnection"]
