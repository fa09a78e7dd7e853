"""One sweep over all clocks; what follows from a late one is said by the app whose clock it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from civicloop.apps.cases.actions import overdue as cases
from civicloop.apps.clocks.actions.sweeping import DueClock, Swept, sweep_clocks
from civicloop.apps.dispatch.actions import overdue as dispatch
from civicloop.apps.jobs.declaring import job


def sweep(*, now: datetime) -> Swept:
    """Find what is late or nearly so, each once, and let its app do what follows."""

    def on_overdue(clocks: Sequence[DueClock]) -> None:
        dispatch.follow_overdue(clocks, now)
        cases.follow_overdue(clocks, now)

    def on_near_due(clocks: Sequence[DueClock]) -> None:
        dispatch.follow_near_due(clocks, now)
        cases.follow_near_due(clocks, now)

    return sweep_clocks(now=now, on_overdue=on_overdue, on_near_due=on_near_due)


@job(is_atomic=False, limit=timedelta(hours=1))
def find_what_is_late(now: datetime) -> None:
    """Remind of what is nearly due, follow up what is late."""
    sweep(now=now)
