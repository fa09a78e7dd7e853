from datetime import date
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import DirectoryVersion
from civicloop.apps.intake.models import Appeal, Channel, Topic
from civicloop.apps.issues.models import Event, HotIssue, TopicModelVersion
from civicloop.apps.knowledge.models import CorrectionRequest
from civicloop.apps.knowledge.queries.reporting import knowledge_figures
from civicloop.apps.places.models import Area, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder_of_this_test_only(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    cache.clear()


def demo(appeals: int = 500) -> str:
    out = StringIO()
    call_command("demo", appeals=appeals, until=date(2023, 10, 31), no_serve=True, stdout=out)
    return out.getvalue()


def test_the_demo_runs_the_whole_loop_and_prints_the_hot_issues():
    printed = demo()

    assert Appeal.objects.count() == 500
    assert Area.objects.filter(level="county").count() == 10
    assert Unit.objects.count() == 60
    assert Topic.objects.filter(level=3).count() > 200
    assert TopicModelVersion.objects.filter(is_active=True).count() == 1
    assert Event.objects.exists()
    first = HotIssue.objects.get(rank=1, scope="event", hot_list__window_days=28)
    assert first.title in printed
    assert DirectoryVersion.objects.get().valid_from == date(2023, 8, 2)


def test_the_demo_run_again_keeps_what_is_there():
    demo()
    events = set(Event.objects.values_list("id", flat=True))

    printed = demo()

    assert Appeal.objects.count() == 500
    assert "2023-10-31" in printed
    assert set(Event.objects.values_list("id", flat=True)) == events
    assert TopicModelVersion.objects.count() == 1


@pytest.mark.parametrize(
    "asked", [{"appeals": 500}, {"seed": 6}, {"until": date(2022, 7, 1)}], ids=str
)
def test_another_city_than_the_kept_one_is_refused_in_words(tmp_path, asked):
    (tmp_path / "sample_city").mkdir()
    plan = '{"seed": 5, "appeals": 300, "last_day": "2022-06-30"}'
    (tmp_path / "sample_city" / "plan.json").write_text(plan)

    with pytest.raises(CommandError, match=r"300.*2022-06-30.*5.*CIVICLOOP_DATA"):
        call_command("demo", no_serve=True, stdout=StringIO(), **asked)

    assert not Appeal.objects.exists()


def test_the_demo_keeps_off_a_database_with_other_appeals(now):
    channel = Channel.objects.create(code="other", name="其他", name_en="Other")
    Appeal.objects.create(
        source="hotline", source_key="1", channel=channel, text="路灯不亮", received_at=now
    )

    with pytest.raises(CommandError, match="CIVICLOOP_DATA"):
        demo()

    assert not User.objects.exists()


def test_the_demo_accounts_have_the_roles_they_are_shown_with():
    demo()

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


def test_a_demo_that_was_killed_goes_on_with_the_same_city(tmp_path):
    (tmp_path / "sample_city").mkdir()
    plan = '{"seed": 5, "appeals": 300, "last_day": "2022-06-30"}'
    (tmp_path / "sample_city" / "plan.json").write_text(plan)

    call_command("demo", no_serve=True, stdout=StringIO())

    assert Appeal.objects.count() == 300
    assert max(Appeal.objects.values_list("received_at", flat=True)).year == 2022


def test_the_demo_brings_articles_of_which_some_are_stale_and_some_unused():
    demo()

    figures = knowledge_figures(date(2023, 10, 31))
    assert figures.hit.whole == 120
    assert 0.15 < figures.stale.ratio < 0.3
    assert figures.hit.part == 102  # 15 in 100 are never used
    assert CorrectionRequest.objects.count() == 6
