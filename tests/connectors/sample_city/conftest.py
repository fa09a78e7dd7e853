import csv
import json
from datetime import date
from itertools import chain
from types import SimpleNamespace

import pytest

from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.connectors.sample_city.background import Background
from civicloop.connectors.sample_city.days import Days
from civicloop.connectors.sample_city.events import Planting
from civicloop.connectors.sample_city.geography import geography
from civicloop.connectors.sample_city.objects import Objects
from civicloop.connectors.sample_city.speech import speech
from civicloop.connectors.sample_city.vocabulary import vocabulary

LAST_DAY = date(2024, 12, 31)


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """A city of 4,000 appeals, read back."""
    plan = CityPlan(appeals=4_000, last_day=LAST_DAY)
    files = write_sample_city(plan, tmp_path_factory.mktemp("city") / "new")
    return SimpleNamespace(
        plan=plan,
        files=files,
        areas=read_csv(files.areas),
        units=read_csv(files.units),
        topics=read_csv(files.topics),
        appeals=read_csv(files.appeals),
        truth=dict(tuple(row.values()) for row in read_csv(files.truth_topics)),
        events=json.loads(files.truth_events.read_text(encoding="utf-8")),
        bursts=read_csv(files.truth_bursts),
    )


@pytest.fixture(scope="session")
def drafts():
    """All drafts of a city of 20,000 appeals, and the planting they came from."""
    plan = CityPlan(appeals=20_000, last_day=LAST_DAY)
    words, layout = vocabulary(), geography(plan)
    days, objects = Days(plan, words.problems), Objects(plan, layout, words)
    planting = Planting(plan, words, days, objects, speech())
    planting.plant()
    background = Background(plan, days, objects, speech())
    planted = list(chain.from_iterable(planting.by_day.values()))
    counts = days.counts(plan.appeals - planting.number)
    others = [background.draft(day) for day, count in enumerate(counts) for _ in range(count)]
    return SimpleNamespace(all=planted + others, planting=planting, objects=objects, words=words)
