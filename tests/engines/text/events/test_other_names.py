"""The engine does as well in a city in which everything is called otherwise."""

import json
import random
from datetime import date
from pathlib import Path

import pytest

from civicloop.connectors.sample_city import CityPlan, write_sample_city
from civicloop.connectors.sample_city.vocabulary import table
from civicloop.connectors.spreadsheets.reading import inspect, read_rows
from civicloop.engines.evaluation.events import EventGold, EventScore, score_events
from civicloop.engines.text.events import Message, find_events

LAST_DAY = date(2024, 12, 31)
APPEALS = 1_500
GEOGRAPHY = ("town_first", "town_second", "village_first", "village_second")
STREETS = ("street_first", "street_second")


def roots() -> set[str]:
    """Every character that the sample city makes names of: of things, areas, roads, the city."""
    geography, things = table("geography"), table("objects")
    counties = "".join(county["name"][:-1] for county in geography["county"])
    words = [geography[key] for key in (*GEOGRAPHY, *STREETS)] + [geography["city"][:-1], counties]
    words += [kind[key] for kind in things.values() for key in ("first", "second") if key in kind]
    return {character for character in "".join(words) if character > "z"}


def other_names(text_of_city: str) -> dict[int, int]:
    """Replace characters of names by some that the city's texts never use.

    Those that its sentences use too are left alone: else every sentence would change.
    """
    common = {c for c in roots() if text_of_city.count(c) > APPEALS / 4}
    unused = [chr(code) for code in range(0x5000, 0x9000) if chr(code) not in text_of_city]
    chosen = random.Random(3).sample(unused, len(roots()))
    return {
        ord(one): ord(other)
        for one, other in zip(sorted(roots()), chosen, strict=True)
        if one not in common
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    plan = CityPlan(seed=11, appeals=APPEALS, last_day=LAST_DAY)
    return write_sample_city(plan, tmp_path_factory.mktemp("city") / "new")


def score(appeals: Path, truth: Path, names: dict[int, int]) -> EventScore:
    batches = read_rows(appeals, shape=inspect(appeals), today=LAST_DAY)
    rows = [row.values for batch in batches for row in batch.rows]
    messages = [
        Message(
            id=number,
            subject=row.subject.translate(names),
            text=f"{row.text}\n{row.address}".translate(names),
            author=row.caller,
            received_at=row.received_at,
            place=row.area.translate(names),
        )
        for number, row in enumerate(rows)
    ]
    event_of = find_events(messages).event_of
    judged = json.loads(truth.read_text(encoding="utf-8"))
    gold = EventGold(
        events=[frozenset(cluster["message_ids"]) for cluster in judged["clusters"]],
        near_misses=[(pair["a"], pair["b"]) for pair in judged["negative_pairs"]],
        ignored_ids=frozenset(judged["ignore_messages"]),
    )
    return score_events({rows[n].id: str(event) for n, event in event_of.items()}, gold)


def test_other_names_make_no_difference(files):
    text = files.appeals.read_text(encoding="utf-8-sig")
    names = other_names(text)

    as_written = score(files.appeals, files.truth_events, {})
    renamed = score(files.appeals, files.truth_events, names)

    assert len(names) > 300
    assert as_written.strict.f1 > 0.9
    assert abs(renamed.strict.f1 - as_written.strict.f1) < 0.03
