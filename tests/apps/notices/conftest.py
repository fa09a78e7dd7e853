from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy
from tests.apps.notices.mail_server import FakeMailServer, fake_mail_server

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.jobs.outbox import SENDERS
from civicloop.apps.notices.kinds import KINDS, NoticeKind
from civicloop.apps.notices.senders import register_senders

LATER = timedelta(minutes=1)


@pytest.fixture
def overdue(monkeypatch) -> NoticeKind:
    kind = NoticeKind(
        code="overdue",
        label=gettext_lazy("工单超期"),
        words=gettext_lazy("Order %(reference)s of %(unit)s is overdue."),
        is_for_robots=True,
    )
    monkeypatch.setitem(KINDS, "overdue", kind)
    return kind


@pytest.fixture(autouse=True)
def no_way_out_but_the_tests_own() -> Iterator[None]:
    kept = dict(SENDERS)
    SENDERS.clear()
    yield
    SENDERS.clear()
    SENDERS.update(kept)


@pytest.fixture
def mail_server(settings) -> Iterator[FakeMailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # not the test runner's
    with fake_mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_DOMAIN = "12345.example.org"
        settings.DEFAULT_FROM_EMAIL = "loop@12345.example.org"
        settings.SITE_URL = "https://12345.example.org"
        register_senders()
        yield server


@pytest.fixture
def wang(db) -> User:
    return User.objects.create_user(
        username="wang", email="wang@city.example.org", role=Role.DISPATCHER
    )


@pytest.fixture
def li(db) -> User:
    return User.objects.create_user(username="li", role=Role.OPERATOR)
