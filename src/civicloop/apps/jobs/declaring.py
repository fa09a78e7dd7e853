"""How a job is declared, and how one that comes back at fixed times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVarTuple

from django.utils import timezone

from civicloop.apps.jobs.library import Task

Arguments = TypeVarTuple("Arguments")

ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 -- a local midnight, made aware where it is used


@dataclass(frozen=True, kw_only=True)
class Job(Task[..., None], Generic[*Arguments]):
    """A function that a worker calls with the time and the job's arguments.

    An atomic job runs in one transaction with its own end: whenever it is killed, its changes
    happen once. A job that is not atomic talks to others or takes long, so it holds no
    transaction; it may be begun again, and must be able to bear that. One of many steps notes
    each that it has done (`note_progress`), so that it is not given up while it gets on.
    """

    tries: int
    limit: timedelta  # a worker that is at it for longer ends itself
    is_atomic: bool


def job(
    *, is_atomic: bool = True, tries: int = 5, limit: timedelta = timedelta(minutes=15)
) -> Callable[[Callable[[datetime, *Arguments], None]], Job[*Arguments]]:
    """Make a module's function a job: `@job()`; its first argument is the time."""

    def declare(function: Callable[[datetime, *Arguments], None]) -> Job[*Arguments]:
        return Job(func=function, is_atomic=is_atomic, tries=tries, limit=limit)

    return declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A job that runs once in each slot of time, counted from a local midnight."""

    name: str
    every: timedelta
    job: Job[()]
    at: time = time(0)  # how long after midnight the slots begin

    def slot_before(self, now: datetime) -> datetime:
        """The beginning of the slot that `now` is in."""
        start = timezone.make_aware(datetime.combine(ANCHOR, self.at))
        return start + (now - start) // self.every * self.every
