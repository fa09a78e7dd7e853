"""Routing in the background: what waits for dispatch is looked at every few minutes."""

from datetime import datetime

from civicloop.apps.dispatch.actions.routing import route_waiting_orders
from civicloop.apps.jobs.declaring import job


class BrokenRulesError(RuntimeError):
    """Rules in force cannot be carried out; their orders wait for a person."""


@job(is_atomic=False, tries=1)
def route_waiting(now: datetime) -> None:
    """Route what waits; a rule that cannot be carried out fails the job, after all others went."""
    run = route_waiting_orders(now=now)
    if run.broken:
        raise BrokenRulesError("; ".join(sorted({str(error) for error in run.broken})))
