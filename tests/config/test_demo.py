import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from io import StringIO

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from tests.factories import AreaFactory, UserFactory, WorkOrderFactory
from tests.made_tables import copy_sqlite_file

from civicloop.apps.accounts.models import User
from civicloop.apps.cases.models import JointMeeting
from civicloop.apps.intake.models import Appeal, Channel
from civicloop.config.management.commands import demo
from civicloop.config.scripted_day import DayPlayed
from civicloop.connectors.sample_city import CityPlan

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


@pytest.mark.one_database
@pytest.mark.parametrize("appeals", [1, 40])
def test_a_city_of_a_few_appeals_says_why_nothing_is_learnt_and_goes_on(appeals):
    out = StringIO()

    call_command("demo", appeals=appeals, no_serve=True, stdout=out)

    assert Appeal.objects.count() == appeals
    assert "可供学习的标注行太少" in out.getvalue()


@pytest.mark.one_database
def test_a_demo_that_was_killed_goes_on_with_the_same_city(tmp_path):
    """A process of its own, so that its steps run beside each other as for everybody."""
    (tmp_path / "sample_city").mkdir()
    plan = '{"seed": 5, "appeals": 300, "last_day": "2022-06-30"}'
    (tmp_path / "sample_city" / "plan.json").write_text(plan)
    copy_sqlite_file(tmp_path / "city.sqlite3")
    address = f"sqlite:///{tmp_path}/city.sqlite3"

    done = subprocess.run(
        [sys.executable, "-m", "civicloop", "demo", "--no-serve"],
        env=os.environ | {"CIVICLOOP_DATA": str(tmp_path), "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(tmp_path / "city.sqlite3")) as city:
        appeals = city.execute("SELECT count(*), max(received_at) FROM intake_appeal").fetchone()
        models = [
            city.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("issues_topicmodelversion", "dispatch_unitmodelversion")
        ]
    assert appeals[0] == 300
    assert appeals[1].startswith("2022-06")
    assert models == [(1,), (1,)]
    assert done.stdout.count("· ") > 15
    assert "3,000" in done.stdout  # too small for indicators, and it says so


def test_a_demo_killed_between_the_day_and_the_later_morning_plays_the_morning_alone(monkeypatch):
    played = []

    def day(**about):
        JointMeeting.objects.create(
            title="油烟",
            area=AreaFactory(),
            day=about["start"].date(),
            convener="王副县长",
            secretary=UserFactory(),
        )
        WorkOrderFactory(opened_at=about["start"])
        played.append("day")
        return DayPlayed()

    def morning(**about):
        played.append("morning")
        if played.count("morning") == 1:
            raise KeyboardInterrupt
        WorkOrderFactory(opened_at=about["start"])
        return DayPlayed()

    monkeypatch.setattr(demo, "play_day", day)
    monkeypatch.setattr(demo, "play_morning", morning)
    command = demo.Command(stdout=StringIO())
    plan = CityPlan(appeals=3_000, last_day=date(2023, 11, 14))
    with pytest.raises(KeyboardInterrupt):
        command._play_day(plan)
    command._play_day(plan)
    command._play_day(plan)

    assert played == ["day", "morning", "morning"]
