"""The many appeals that are each a matter of its own."""

from __future__ import annotations

from civicloop.connectors.sample_city.days import Days
from civicloop.connectors.sample_city.drafts import SEED_BITS, Draft
from civicloop.connectors.sample_city.objects import Objects
from civicloop.connectors.sample_city.plan import CityPlan, PlanError
from civicloop.connectors.sample_city.speech import Speech

FREQUENT_CALLER_RATIO = 0.2
FREQUENT_EXPONENT = 4  # the higher, the more calls come from the same few
FOLLOW_UP_RATIO = 0.03
SECOND_PROBLEM_RATIO = 0.045
TRIES = 50
SECOND_TRIES = 12


class Background:
    """Draws appeals whose place never had their problem before."""

    def __init__(self, plan: CityPlan, days: Days, objects: Objects, speech: Speech) -> None:
        self._days = days
        self._objects = objects
        self._styles = speech.styles
        self._stream = plan.stream("background")
        self._callers = plan.appeals

    def draft(self, day: int) -> Draft:
        """Draw one appeal of the day."""
        stream = self._stream
        for _ in range(TRIES):
            problem = self._days.problem(day, stream)
            thing = self._objects.draw(problem, stream)
            if thing is not None:
                break
        else:
            raise PlanError("every place has had every problem: the city is too small")
        draft = Draft(
            problem=problem,
            thing=thing,
            author=self._author(),
            matter=stream.getrandbits(SEED_BITS),
            wording=stream.getrandbits(SEED_BITS),
            own=stream.getrandbits(SEED_BITS),
            style=self._styles.draw(stream.random),
        )
        chance = stream.random()
        if not problem.is_personal and problem.tone in ("complain", "report"):
            draft.is_follow_up = chance < FOLLOW_UP_RATIO
            if chance > 1 - SECOND_PROBLEM_RATIO:
                self._add_second(draft, day)
        return draft

    def _add_second(self, draft: Draft, day: int) -> None:
        """Add another problem of the same place, claimed like any other."""
        for _ in range(SECOND_TRIES):
            other = self._days.problem(day, self._stream, shared=True)
            fits = other.tone == "complain" and other is not draft.problem
            if fits and self._objects.take(other, draft.thing):
                draft.second = other
                return

    def _author(self) -> int:
        draw = self._stream.random()
        if self._stream.random() < FREQUENT_CALLER_RATIO:
            return int(self._callers * draw**FREQUENT_EXPONENT)
        return int(self._callers * draw)
