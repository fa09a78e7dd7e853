"""How fast a unit's inbox and the dispatcher's board open.

`python -m benchmarks inbox [--appeals 1000000] [--database sqlite|postgresql]`

Every appeal has its work order, most of them ended; half of all are one unit's, and it is that
unit's inbox that is asked for. What the view does is measured, without a network. Printed: p50 and
p95 in ms, CPU with the database's, and the SQL statements that one page took.
"""

import argparse
import os
import time
from typing import TYPE_CHECKING

from benchmarks.databases import INSIDE, prepare, run_inside, throw_away_environments
from benchmarks.order_history import write_order_history
from benchmarks.processor_time import seconds_of_database

if TYPE_CHECKING:
    from django.test import Client

MODULE = "benchmarks.inbox"
UNITS = 60
ROUNDS = 40
PAGES = {
    "clerk": ("/orders/inbox/", "/orders/inbox/?look=to_sign", "/orders/inbox/?look=overdue"),
    "dispatcher": ("/orders/inbox/", "/board/", "/board/?tab=disputed", "/board/?tab=due_today"),
}  # fmt: skip


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--appeals", type=int, default=50_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    options = parser.parse_args(words)
    with throw_away_environments(options.database) as environments:
        for name, environment in environments.items():
            run_inside(MODULE, [name, str(options.appeals)], environment)


def measure(name: str, appeals: int) -> None:
    prepare()
    from django.utils import timezone

    from benchmarks.lists import fill

    fill(appeals)
    write_units()
    write_order_history(now=timezone.now())
    print(f"{name}, load {os.getloadavg()[0]:.1f}", flush=True)
    measure_pages()


def write_units() -> None:
    from civicloop.apps.places.models import Area, Unit

    city = Area.objects.get(level="city")
    Unit.objects.bulk_create(
        Unit(code=f"U{number:03d}", name=f"unit {number}", level="city", area=city)
        for number in range(UNITS)
    )


def measure_pages() -> None:
    """Ask for every page of every role; the orders must be there."""
    from civicloop.apps.accounts.actions import ensure_demo_users
    from civicloop.apps.accounts.models import Role
    from civicloop.apps.places.models import Unit

    unit_id = Unit.objects.order_by("pk").values_list("pk", flat=True)[0]
    ensure_demo_users({"clerk": ("", Role.UNIT_CLERK)}, unit_id=unit_id)
    ensure_demo_users({"dispatcher": ("", Role.DISPATCHER)})
    for name, pages in PAGES.items():
        client = _logged_in(name)
        for page in pages:
            _measure_page(client, f"{name} {page}", page)


def _logged_in(name: str) -> "Client":
    from django.conf import settings
    from django.test import Client

    from civicloop.apps.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def _measure_page(client: "Client", label: str, page: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    waits = []
    for number in range(ROUNDS + 1):
        if number == 1:  # the first warms the cache
            own, database = time.process_time(), seconds_of_database()
        began = time.perf_counter()
        answer = client.get(page)
        waits.append((time.perf_counter() - began) * 1e3)
        assert answer.status_code == 200, (page, answer.status_code)
    used = time.process_time() - own + seconds_of_database() - database
    with CaptureQueriesContext(connection) as seen:
        client.get(page)
    waits = sorted(waits[1:])
    p50, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    print(
        f"  {label:34} p50 {p50:6.1f}  p95 {p95:6.1f} ms  {used / ROUNDS * 1e3:5.1f} CPU-ms"
        f"  {len(seen)} statements",
        flush=True,
    )


if __name__ == "__main__":
    import sys

    if sys.argv[1:2] == [INSIDE]:
        measure(sys.argv[2], int(sys.argv[3]))
