"""The demo on one small city, played once for all these tests."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import transaction

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import DirectoryVersion
from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.issues.models import Event, HotIssue, TopicModelVersion
from civicloop.apps.knowledge.models import CorrectionRequest
from civicloop.apps.knowledge.queries.reporting import knowledge_figures
from civicloop.apps.places.models import Area, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DATA_FOLDER", folder)
        patch.setattr(settings, "MEDIA_ROOT", folder / "files")
        for name in ("contact", "content"):
            patch.setattr(settings, f"{name.upper()}_KEY_FILE", folder / f"{name}_key")
        yield


@pytest.fixture(scope="module")
def demo(folders: None, django_db_setup: None, django_db_blocker) -> Iterator[SimpleNamespace]:
    """What it printed, run twice, and the events after the first time."""
    caches["near"].clear()
    with django_db_blocker.unblock(), transaction.atomic():
        first = run()
        events = set(Event.objects.values_list("id", flat=True))
        yield SimpleNamespace(printed=first, events=events, printed_again=run())
        transaction.set_rollback(True)


def run() -> str:
    out = StringIO()
    call_command("demo", appeals=500, until=date(2023, 10, 31), no_serve=True, stdout=out)
    return out.getvalue()


def test_the_demo_runs_the_whole_loop_and_prints_the_hot_issues(demo):
    assert Appeal.objects.count() == 500
    assert Area.objects.filter(level="county").count() == 10
    assert Unit.objects.count() == 66
    assert Topic.objects.filter(level=3).count() > 200
    assert TopicModelVersion.objects.filter(is_active=True).count() == 1
    assert demo.events
    first = HotIssue.objects.filter(rank=1, scope="event", hot_list__window_days=28).latest("pk")
    assert first.title in demo.printed
    assert DirectoryVersion.objects.get().valid_from == date(2023, 8, 2)


def test_the_demo_run_again_keeps_what_is_there(demo):
    assert "2023-10-31" in demo.printed_again
    assert set(Event.objects.values_list("id", flat=True)) == demo.events
    assert TopicModelVersion.objects.count() == 1


def test_the_demo_accounts_have_the_roles_they_are_shown_with(demo):
    assert dict(User.objects.values_list("username", "role")) == {
        "guest": Role.GUEST,
        "operator": Role.OPERATOR,
        "dispatcher": Role.DISPATCHER,
        "supervisor": Role.SUPERVISOR,
        "system-admin": Role.SYSTEM_ADMIN,
        "security-admin": Role.SECURITY_ADMIN,
        "audit-admin": Role.AUDIT_ADMIN,
        "reviewer": Role.REVIEWER,
        "caller-back": Role.CALLER_BACK,
        "meeting-secretary": Role.MEETING_SECRETARY,
        "petition-officer": Role.PETITION_OFFICER,
        "mediator": Role.MEDIATOR,
    }


def test_the_demo_brings_articles_of_which_some_are_stale_and_some_unused(demo):
    figures = knowledge_figures(date(2023, 10, 31))
    assert figures.hit.whole == 120
    assert 0.15 < figures.stale.ratio < 0.3
    assert figures.hit.part == 102  # 15 in 100 are never used
    assert CorrectionRequest.objects.count() == 6
