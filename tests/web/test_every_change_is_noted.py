"""Every form that somebody is offered is sent: what it changes leaves an event in the same answer."""

import re
from collections.abc import Iterator, Mapping

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.web.posting import Form, forms_offered
from tests.web.test_canaries import paths_to, seeded  # noqa: F401  fixture
from tests.web.test_routes import browser_of, county, numbers, order  # noqa: F401  fixtures

from civicloop.apps.accounts.models import Role

WRITTEN = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?([a-z_]+)', re.IGNORECASE)
NOT_CHANGES = ("audit_", "django_", "jobs_", "accounts_tries", "intake_search")  # what keeps itself
# one's own words before they are sent, and how often a code was tried
NO_EVENT = {"dispatch_stepdraft", "dispatch_deskdraft", "intake_tally"}

pytestmark = pytest.mark.one_database  # nothing in it asks which


class _UndoneError(Exception):
    pass


def written_by(client: Client, form: Form, said: Mapping[str, str]) -> set[str]:
    """The tables that a form changed without an event; what it changed is undone."""
    cookies = dict(client.cookies)
    try:
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            response = client.post(form.action, said)
            if response.streaming:
                b"".join(response.streaming_content)
            raise _UndoneError
    except _UndoneError:
        client.cookies.clear()
        client.cookies.update(cookies)
    found = [WRITTEN.match(query["sql"].strip()) for query in captured.captured_queries]
    tables = {one[1] for one in found if one}
    if "audit_auditevent" in tables:
        return set()
    return {table for table in tables if not table.startswith(NOT_CHANGES)}


def unnoted(client: Client, numbers: Mapping[str, object]) -> Iterator[tuple[str, str]]:  # noqa: F811
    for form in forms_offered(client, paths_to(numbers)):
        for said in form.as_sent("路灯不亮"):
            for table in written_by(client, form, said):
                yield form.action, table


@pytest.mark.parametrize(
    "role",
    [Role.DISPATCHER, Role.UNIT_HEAD, Role.SUPERVISOR, Role.PETITION_OFFICER, Role.SYSTEM_ADMIN],
)
def test_no_form_changes_anything_without_an_event(role, seeded, housing):  # noqa: F811
    found = list(unnoted(browser_of(role, housing), seeded))

    assert [(action, table) for action, table in found if table not in NO_EVENT] == []
    assert found  # a change without an event would be seen: these are
