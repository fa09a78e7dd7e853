"""How fast lists and searches of appeals are.

`python -m benchmarks lists [--appeals 1000000] [--database sqlite|postgresql] [--keep FOLDER]`

Fills a throw-away database with invented appeals of two years and asks for pages of 50 as the
site does. Printed: p50 and p95 in ms, and the most SQL statements that one page took.
"""

import argparse
import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from benchmarks.databases import prepare, run_inside, throw_away_environments

FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 730
HAN = [chr(0x4E00 + 7 * number) for number in range(2500)]
BATCH = 5_000
ROUNDS = 30


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks lists")
    parser.add_argument("--appeals", type=int, default=50_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside("benchmarks.lists", [name, str(options.appeals)], environment)


class Wording:
    """Texts of invented two-character words, few of them common and most of them rare."""

    def __init__(self) -> None:
        self._stream = random.Random(7)
        self.words = ["".join(self._stream.choices(HAN, k=2)) for _ in range(20_000)]
        self._weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(20_000)))

    def text(self, length: int) -> str:
        return "".join(self._stream.choices(self.words, cum_weights=self._weights, k=length))


def fill(count: int) -> Wording:
    from django.db import connection, transaction
    from django.utils import timezone

    from civicloop.apps.intake.actions import ensure_channels
    from civicloop.apps.intake.models import ImportRun
    from civicloop.apps.intake.search import index_new_appeals
    from civicloop.apps.intake.writing import bulk_writer

    ensure_channels(now=timezone.now())
    run = ImportRun.objects.create(
        source="bench", on_error="skip", created_at=timezone.now(), new_count=count
    )
    wording, writer = Wording(), bulk_writer()
    rows = appeals(count, wording, villages(), topics())
    began = time.perf_counter()
    while batch := list(itertools.islice(rows, BATCH)):
        with transaction.atomic():
            ids = list(writer.new_ids(len(batch)))
            originals = [(run.id, "", place, "[]") for place in range(len(ids))]
            writer.insert_new(ids, writer.prepared(batch), originals)
    filled = time.perf_counter()
    index_new_appeals()
    indexed = time.perf_counter()
    if connection.vendor == "postgresql":  # as its own housekeeping does within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"filled in {filled - began:.0f} s, indexed in {indexed - filled:.0f} s", flush=True)
    return wording


def villages() -> list[tuple[int, int]]:
    """One city of 10 counties, 120 townships and 1,200 villages: (village, county)."""
    from civicloop.apps.places.models import Area

    def area(code: str, level: str, parent: "Area | None") -> "Area":
        full = code.ljust(12, "0")
        return Area.objects.create(code=full, name=f"{level} {code}", level=level, parent=parent)

    city = area("9901", "city", area("99", "province", None))
    found = []
    for county_number in range(1, 11):
        county = area(f"9901{county_number:02d}", "county", city)
        for town_number in range(1, 13):
            town = area(f"{county.prefix}{town_number:03d}", "township", county)
            for village_number in range(1, 11):
                village = area(f"{town.prefix}{village_number:03d}", "village", town)
                found.append((village.id, county.id))
    return found


def topics() -> list[int]:
    """A tree of 15, 90 and 540 topics: those of the third level."""
    from civicloop.apps.intake.models import Topic, TopicTree

    tree = TopicTree.objects.create(name="bench", valid_from=date(2022, 1, 1))
    found = []

    def topic(path: str, parent: "Topic | None") -> "Topic":
        level = path.count("/") + 1
        return Topic.objects.create(
            tree=tree, code=path, name=path, level=level, parent=parent, path=path
        )

    for first, second, third in itertools.product(range(15), range(6), range(6)):
        if second == third == 0:
            top = topic(f"{first}", None)
        if third == 0:
            middle = topic(f"{first}/{second}", top)
        found.append(topic(f"{first}/{second}/{third}", middle).id)
    return found


def appeals(
    count: int, wording: Wording, places: list[tuple[int, int]], topic_ids: list[int]
) -> Iterator[tuple[object, ...]]:
    """Appeals in order of time; areas and topics are as unevenly filled as in a city."""
    from civicloop.apps.intake.models import Channel
    from civicloop.apps.intake.writing import stored_moment_writer

    stored = stored_moment_writer()
    stream = random.Random(11)
    channel_ids = list(Channel.objects.values_list("id", flat=True))
    kinds = ["complaint"] * 6 + ["help"] * 4 + ["enquiry"] * 3 + ["suggestion", "report"]
    place_weights = list(itertools.accumulate(1 / (n + 10) for n in range(len(places))))
    topic_weights = list(itertools.accumulate(1 / (n + 5) for n in range(len(topic_ids))))
    for number in range(count):
        received = FIRST_DAY + timedelta(seconds=number * DAYS * 86_400 // count)
        [(village, county)] = stream.choices(places, cum_weights=place_weights)
        [topic_id] = stream.choices(topic_ids, cum_weights=topic_weights)
        is_waiting = stream.random() < (0.5 if number > count * 0.99 else 0.005)
        kind = "praise" if stream.random() < 0.002 else stream.choice(kinds)
        text = wording.text(30)
        yield (
            "bench", f"B{number:09d}", f"{number:032x}", stream.choice(channel_ids), kind,
            text[:8], text, f"{stream.randrange(count):032x}", stored(received), village, county,
            text[8:18], topic_id if stream.random() < 0.9 else None, "imported", 0, 0, "",
            None if is_waiting else stored(received + timedelta(days=3)), is_waiting,
        )  # fmt: skip


def measure(name: str, count: int) -> None:
    prepare()
    wording = fill(count)
    print(f"{name}, {count:,} appeals, pages of 50", flush=True)
    for label, question in questions(wording).items():
        times, statements, size = [], 0, 0
        for round_number in range(ROUNDS + 1):
            took, asked, size = timed(question, round_number)
            times.append(took)
            statements = max(statements, asked)
        times = sorted(times[1:])  # the first warms the cache
        p95 = times[int(len(times) * 0.95)]
        print(
            f"  {label:34} p50 {times[len(times) // 2]:6.1f}  p95 {p95:6.1f} ms"
            f"  {statements} statements  {size} rows",
            flush=True,
        )


def timed(question: Callable[[int], object], round_number: int) -> tuple[float, int, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    began = time.perf_counter()
    page = question(round_number)
    took = (time.perf_counter() - began) * 1000
    with CaptureQueriesContext(connection) as queries:
        question(round_number)
    return took, len(queries), len(getattr(page, "appeals", ()))


def questions(wording: Wording) -> dict[str, Callable[[int], object]]:
    from civicloop.apps.intake.models import Channel, Topic
    from civicloop.apps.intake.queries import AppealFilters, appeals_page, intake_overview
    from civicloop.apps.places.models import Area

    ids = {
        level: list(Area.objects.filter(level=level).order_by("id").values_list("id", flat=True))
        for level in ("city", "county", "township", "village")
    }
    tree = {
        level: list(Topic.objects.filter(level=level).order_by("id").values_list("id", flat=True))
        for level in (1, 2, 3)
    }
    channel_id = Channel.objects.get(code="hotline").id
    day = (FIRST_DAY + timedelta(days=400)).date()
    last = FIRST_DAY + timedelta(days=DAYS)

    def page(after: str | None = None, **filters: object) -> object:
        return appeals_page(AppealFilters(**filters), after=after)

    deep = deep_cursor()
    words = wording.words
    return {
        "page 1": lambda _: page(),
        "page 1,000": lambda _: page(after=deep),
        "county": lambda n: page(area_id=ids["county"][n % 10]),
        "city": lambda _: page(area_id=ids["city"][0]),
        "township": lambda n: page(area_id=ids["township"][n]),
        "rare village": lambda n: page(area_id=ids["village"][-1 - n]),
        "level 1 topic": lambda n: page(topic_id=tree[1][n % 15]),
        "level 2 topic": lambda n: page(topic_id=tree[2][n]),
        "rare topic": lambda n: page(topic_id=tree[3][-1 - n]),
        "county and level 1 topic": lambda n: page(
            area_id=ids["county"][n % 10], topic_id=tree[1][n % 15]
        ),
        "village and topic": lambda n: page(area_id=ids["village"][n], topic_id=tree[3][n]),
        "praise of a small county": lambda _: page(kind="praise", area_id=ids["county"][9]),
        "praise, one channel, level 1": lambda n: page(
            kind="praise", channel_id=channel_id, topic_id=tree[1][n % 15]
        ),
        "waiting": lambda _: page(waiting=True),
        "waiting praise": lambda _: page(waiting=True, kind="praise"),
        "without topic": lambda _: page(no_topic=True),
        "one week": lambda n: page(
            first_day=day + timedelta(days=n), last_day=day + timedelta(days=n + 6)
        ),
        "one import": lambda _: page(run_id=1),
        "search: common word": lambda n: page(search=words[n]),
        "search: middling word": lambda n: page(search=words[300 + n]),
        "search: rare word": lambda n: page(search=words[-1 - n]),
        "search: four characters": lambda n: page(search=words[n] + words[n + 1]),
        "search: two common words": lambda n: page(search=f"{words[n]} {words[n + 1]}"),
        "search: one common character": lambda n: page(search=words[n][0]),
        "search: one rare character": lambda n: page(search=HAN[n * 80]),
        "search: a number": lambda n: page(search=f"{n * 31 + 1000:09d}"),
        "search: part of a number": lambda n: page(search=f"{n * 31 + 1000:06d}"),
        "search: nothing found": lambda _: page(search="ΩΨ"),
        "search: common, page 1,000": lambda n: page(search=words[n], after=deep),
        "search: common word, rare village": lambda n: page(
            search=words[n], area_id=ids["village"][-1 - n]
        ),
        "search: common word, county": lambda n: page(
            search=words[n], area_id=ids["county"][n % 10]
        ),
        "search: common word, praise": lambda n: page(search=words[n], kind="praise"),
        "home page": lambda _: intake_overview(last),
    }


def deep_cursor() -> str:
    """Where page 1,000 begins."""
    from civicloop.apps.intake.models import Appeal
    from civicloop.apps.intake.queries.cursors import Key, encode_cursor
    from civicloop.apps.intake.queries.filters import stored_moment

    newest = Appeal.objects.order_by("-received_at", "-id")
    place = min(49_999, newest.count() - 1)
    appeal = newest[place]
    return encode_cursor(Key(stored_moment(appeal.received_at), appeal.id))


if __name__ == "__main__":
    import sys

    measure(sys.argv[2], int(sys.argv[3]))
