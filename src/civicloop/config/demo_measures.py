"""The demo's indicators: the sample city's reports, list of firms and goals, and their figures."""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from civicloop.apps.indicators.actions.computing import Computed, compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree, keep_roster
from civicloop.apps.indicators.actions.observing import preview_observations, record_observations
from civicloop.apps.indicators.definitions import shipped_definitions
from civicloop.apps.indicators.snapshots import digest_of_file
from civicloop.connectors.indicators.definition_files import text_of
from civicloop.connectors.indicators.goal_files import read_goal_tree
from civicloop.connectors.sample_city import CityPlan
from civicloop.connectors.sample_city.measures import SampleMeasures, write_sample_measures

SOURCE = "样例市统计局"


def load_sample_measures(plan: CityPlan, folder: Path) -> Computed:
    """Define, put in and work out, as on the morning after the city's last day; air is kept already."""
    files = write_sample_measures(plan, folder)
    now = timezone.make_aware(datetime.combine(plan.last_day + timedelta(days=1), time(9)))
    keep_definitions(defined=shipped_definitions(), actor=None, now=now)
    _keep_rosters(files, now)
    for later, file in enumerate((files.observations, files.revisions)):
        _record(file, now + timedelta(minutes=later))
    read = read_goal_tree(text_of(files.goals), files.goals.name)
    keep_goal_tree(read=read, actor=None, now=now)
    return compute_figures(now=now + timedelta(minutes=5), actor=None)


def _keep_rosters(files: SampleMeasures, now: datetime) -> None:
    for file, day in (
        (files.first_roster, files.first_roster_day),
        (files.second_roster, files.second_roster_day),
    ):
        members = text_of(file).splitlines()
        keep_roster(
            code="key_chains",
            members=members,
            valid_from=day,
            source=file.name,
            actor=None,
            now=now,
        )


def _record(file: Path, now: datetime) -> None:
    preview = preview_observations(file=file, now=now)
    if preview.problems:
        raise ValueError(preview.problems[0])  # the sample city's own files have none
    record_observations(
        rows=preview.rows,
        document=file.name,
        publisher=SOURCE,
        published_day=now.date(),
        digest=digest_of_file(file),
        actor=None,
        now=now,
    )
