"""What is hidden from somebody answers as what does not exist: in status, words, headers and work."""

import re
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from tests.web.looks.test_accused_everywhere import (  # noqa: F401  fixtures
    addresses,
    browser_of,
    clerk,
    county,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    numbers,
    order,
    path_of,
    police,
    reports,
)
from tests.web.posting import sent
from tests.web.test_canaries import TOKEN, bytes_of

from civicloop.apps.accounts.models import Role

NOWHERE = 987654
OF_A_REPORT = {"order_id", "appeal_id", "event_id", "evidence_id"}
# what is left of the session; what was asked, and the length of that
CHANGING = re.compile(r"""data-seconds="\d+"|order(?:=|%3D)\d+|'Content-Length': '\d+'""")


pytestmark = pytest.mark.django_db


def paths_of_reports(numbers: Mapping[str, object]) -> list[tuple[str, str]]:  # noqa: F811
    """The address of each page and step about a report, and the same of a report that is nowhere."""
    nowhere = {**numbers, **dict.fromkeys(OF_A_REPORT, NOWHERE)}
    return [
        (path_of(name, pattern, numbers), path_of(name, pattern, nowhere))
        for name, pattern in addresses(get_resolver().url_patterns)
        if OF_A_REPORT & set(getattr(pattern, "converters", ()))
    ]


def answered(client, method: str, path: str) -> tuple[str, int]:
    with CaptureQueriesContext(connection) as asked:
        text = bytes_of(client, path) if method == "get" else sent(client, path, {})
    return CHANGING.sub("", TOKEN.sub("", text).replace(path, "@")), len(asked)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "role",
    [Role.DISPATCHER, Role.OPERATOR, Role.SUPERVISOR, Role.UNIT_HEAD, Role.MEETING_SECRETARY],
)
def test_a_report_about_the_own_unit_answers_like_none(method, role, reports, police):  # noqa: F811
    client = browser_of(role, police)
    paths = paths_of_reports(reports)
    for _here, nowhere in paths:
        answered(client, method, nowhere)  # so that nothing is asked for the first time

    told = [
        (here, ours, theirs)
        for here, nowhere in paths
        if (ours := answered(client, method, here)) != (theirs := answered(client, method, nowhere))
    ]

    assert told == []
    assert len(paths) > 20


def test_what_somebody_sees_answers_otherwise(reports, housing):  # noqa: F811
    """The red twin."""
    client = browser_of(Role.DISPATCHER, housing)

    assert sum(
        answered(client, "get", here) != answered(client, "get", nowhere)
        for here, nowhere in paths_of_reports(reports)
    ) > 5  # fmt: skip
