from datetime import date
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command

from civicloop.apps.accounts.models import User
from civicloop.apps.intake.models import Appeal, Channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder_of_this_test_only(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    caches["near"].clear()


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
        call_command("demo", appeals=500, no_serve=True, stdout=StringIO())

    assert not User.objects.exists()


def test_a_demo_that_was_killed_goes_on_with_the_same_city(tmp_path):
    (tmp_path / "sample_city").mkdir()
    plan = '{"seed": 5, "appeals": 300, "last_day": "2022-06-30"}'
    (tmp_path / "sample_city" / "plan.json").write_text(plan)

    call_command("demo", no_serve=True, stdout=StringIO())

    assert Appeal.objects.count() == 300
    assert max(Appeal.objects.values_list("received_at", flat=True)).year == 2022
