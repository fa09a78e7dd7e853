"""A session is Django's, found by a statement written out."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from civicloop.apps.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    session = SessionStore()
    session["seat"] = "12"
    session.create()
    return session.session_key


def test_a_session_is_found_by_its_key(kept, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = SessionStore(kept)

        assert dict(found.items()) == {"seat": "12"}
        assert found.session_key == kept


def test_a_session_that_is_over_is_not_found(kept):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    found = SessionStore(kept)

    assert found.get("seat") is None
    assert found.session_key is None


def test_a_key_that_nobody_has_gives_a_session_of_another_key():
    asked = "nobody-has-this-key-0000000000000"
    found = SessionStore(asked)

    assert found.get("seat") is None
    found["seat"] = "13"
    found.save()

    assert found.session_key not in {None, asked}
    assert not SessionStore(asked).exists(asked)
