"""Faults that comparable systems had, each by its name, so that none of them comes to us.

Those with a test beside their area: image upload to command execution (tests/connectors/pictures),
ports in X-Forwarded-For and sessions kept over the log-in (accounts/test_guarding.py), attachments
without a right of their own (dispatch/test_order.py), numbers in exports (dispatch/test_privacy.py),
entities in XML (tests/connectors/spreadsheets), slow patterns (tests/engines/pii), an address that
outlives what it showed (citizen/test_public_cases.py), lines put into the log (tests/config/test_logs.py).
"""

import pytest
from django.test import Client
from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role

SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def browse(db):
    def browse(role: str) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(UserFactory(role=role))
        return client

    return browse


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SECURITY_ADMIN, "/people/"),
        (Role.DISPATCHER, "/appeals/"),
        (Role.DISPATCHER, "/events/"),
        (Role.DISPATCHER, "/classes/"),
        (Role.DISPATCHER, "/knowledge/"),
        (Role.DISPATCHER, "/public-cases/"),
        (Role.SUPERVISOR, "/supervision/"),
    ],
)
@pytest.mark.parametrize("field", ["page", "q", "sort", "state"])
def test_script_in_the_number_of_a_page(role, path, field, browse):
    response = browse(role).get(path, {field: SCRIPT})

    assert response.status_code in {200, 302, 404}
    assert "<script>alert" not in response.text
