"""Every address of the API says who may use it."""

import pytest

from civicloop.apps.intake.models import ApiAction
from tests.api.conftest import api_addresses

pytestmark = pytest.mark.one_database


def test_every_address_says_who_may_use_it():
    declared = {
        address: getattr(pattern.callback, "methods", None) for address, pattern in api_addresses()
    }

    assert declared.pop(r"/api/[\s\S]*") is None  # what is no address
    assert all(declared.values())
    assert {
        (address, method)
        for address, methods in declared.items()
        for method, action in methods.items()
        if action is None and method != "GET"
    } == set()
    assert declared["/api/v1/appeals"] == {
        "GET": ApiAction.FOLLOW,
        "POST": ApiAction.SEND,
    }
