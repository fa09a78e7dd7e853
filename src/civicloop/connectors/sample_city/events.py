"""Plants events: matters that several appeals are about, and their near misses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from civicloop.connectors.sample_city.days import Days
from civicloop.connectors.sample_city.drafts import NO_EVENT, SEED_BITS, Draft
from civicloop.connectors.sample_city.objects import CityObject, Objects
from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.speech import Speech, Style, Weighted
from civicloop.connectors.sample_city.vocabulary import Problem, Vocabulary

EVENTS_PER_APPEAL = 0.035
TAIL_EXPONENT = 2.4
LARGEST_EVENT = 60
SAME_PERSON_RATIO = 0.45  # of the pairs: one person, two channels
RINGS_TOO_RATIO = 0.4
COPY_RATIO = 0.6  # of those who follow a written text: they send the text that went round
SAME_AUTHOR_RATIO = 0.12  # members who write again
FOLLOW_UP_RATIO = 0.07
DECOY_RATIO = 0.7  # events with a near miss
ELSEWHERE_RATIO = 0.6  # of the near misses: the same words about another place
NAMESAKE_RATIO = 0.15  # events at a place that has a namesake, if such a place is found
REWORDED_RATIO = 0.5  # of the near misses with a similar name
SEASONAL_SPREAD_DAYS = 45  # nobody complains of cold radiators in July
SERIAL_AUTHORS_PER_APPEAL = 1 / 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Two planned appeals (their serials) that look alike and are different matters."""

    first: int
    second: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedEvent:
    """An event: its matter, the days of its appeals, whether they burst in."""

    thing: CityObject
    problem: Problem
    is_burst: bool


class Planting:
    """Plans all events, near misses and series; afterwards `by_day` holds the drafts."""

    def __init__(
        self,
        plan: CityPlan,
        vocabulary: Vocabulary,
        days: Days,
        objects: Objects,
        speech: Speech,
    ) -> None:
        self._plan = plan
        self._vocabulary = vocabulary
        self._days = days
        self._objects = objects
        self._speech = speech
        self._stream = plan.stream("events")
        self._authors = plan.appeals
        self._by_level2: dict[str, list[Problem]] = {}
        for problem in vocabulary.problems:
            level2 = problem.topic.rsplit("/", 1)[0]
            self._by_level2.setdefault(level2, []).append(problem)
        self.events: list[PlantedEvent] = []
        self.near_misses: list[NearMiss] = []
        self.by_day: dict[int, list[Draft]] = {}
        self.number = 0

    def plant(self) -> None:
        """Plan everything."""
        largest = min(
            round(LARGEST_EVENT * max(1.0, self._plan.appeals / 20_000) ** 0.25),
            max(2, self._plan.appeals // 40),
        )
        for _ in range(round(self._plan.appeals * EVENTS_PER_APPEAL)):
            self._event(self._size(largest))
        for _ in range(round(self._plan.appeals * SERIAL_AUTHORS_PER_APPEAL)):
            self._series()

    def _size(self, largest: int) -> int:
        """Draw from a power law that starts at 2."""
        size: float = 1.5 * (1 - self._stream.random()) ** (-1 / (TAIL_EXPONENT - 1))
        return max(2, min(largest, round(size)))

    def _event(self, size: int) -> None:
        first = self._days.draw(0, self._plan.days - 1, self._stream)
        problem = self._days.problem(first, self._stream, shared=True)
        thing = self._event_place(problem)
        if thing is None:
            return
        spread, is_burst = self._tempo(size)
        if problem.season:
            spread = min(spread, SEASONAL_SPREAD_DAYS)
        lead = self._draft(problem, thing)
        lead.event = len(self.events)
        self.events.append(PlantedEvent(thing=thing, problem=problem, is_burst=is_burst))
        members = [lead]
        same_person = size == 2 and self._stream.random() < SAME_PERSON_RATIO
        for _ in range(size - 1):
            members.append(self._echo(lead) if same_person else self._fellow(members))
        for member in members:
            self._place(member, self._days.draw(first, first + spread, self._stream))
        self._near_miss(members, first, spread)

    def _event_place(self, problem: Problem) -> CityObject | None:
        """Draw where the event is: now and then at a place that has a namesake."""
        thing = None
        if self._stream.random() < NAMESAKE_RATIO:
            thing = self._objects.draw_with_twin(problem, self._stream)
        return thing or self._objects.draw(problem, self._stream)

    def _tempo(self, size: int) -> tuple[int, bool]:
        """Return over how many days the appeals spread, and whether that is a burst."""
        draw = self._stream.random()
        if size >= 5 and draw < 0.35:
            return 1 + int(self._stream.random() * 4), True
        if draw < 0.75:
            return 7 + int(self._stream.random() * 45), False
        return 90 + int(self._stream.random() * 260), False

    def _draft(self, problem: Problem, thing: CityObject) -> Draft:
        return Draft(
            problem=problem,
            thing=thing,
            author=self._new_author(),
            matter=self._seed(),
            wording=self._seed(),
            own=self._seed(),
            style=self._speech.styles.draw(self._stream.random),
        )

    def _echo(self, lead: Draft) -> Draft:
        """Let the same person write again through another channel, or ring the hotline."""
        echo = replace(lead, own=self._seed(), is_copy=True)
        if lead.style.is_third_person or self._stream.random() < RINGS_TOO_RATIO:
            styles = self._speech.written_styles if lead.style.is_third_person else None
            self._reword(echo, styles or self._speech.styles)
        return echo

    def _fellow(self, members: list[Draft]) -> Draft:
        """Let somebody else concerned write, or an earlier writer once more."""
        model = members[int(self._stream.random() * len(members))]
        fellow = replace(model, own=self._seed(), is_copy=True)
        if model.style.is_third_person or self._stream.random() >= COPY_RATIO:
            self._reword(fellow, self._speech.styles)
            fellow.is_follow_up = self._stream.random() < FOLLOW_UP_RATIO
        if self._stream.random() >= SAME_AUTHOR_RATIO:
            fellow.author = self._new_author()
        return fellow

    def _reword(self, draft: Draft, styles: Weighted[Style]) -> None:
        draft.is_copy = False
        draft.wording = self._seed()
        draft.style = styles.draw(self._stream.random)

    def _near_miss(self, members: list[Draft], first: int, spread: int) -> None:
        model = members[int(self._stream.random() * len(members))]
        found = self._namesake(model)
        if found is None and self._stream.random() < DECOY_RATIO:
            is_elsewhere = self._stream.random() < ELSEWHERE_RATIO
            found = self._elsewhere(model) if is_elsewhere else self._otherwise(model)
        if found is None:
            return
        decoy, why = found
        self._place(decoy, self._days.draw(first - 30, first + spread + 30, self._stream))
        self.near_misses.append(NearMiss(first=model.serial, second=decoy.serial, why=why))

    def _elsewhere(self, model: Draft) -> tuple[Draft, str] | None:
        thing = self._objects.draw(model.problem, self._stream)
        if thing is None:
            return None
        return self._decoy(model, thing), "same wording, another place"

    def _decoy(self, model: Draft, thing: CityObject) -> Draft:
        return replace(
            model, thing=thing, event=NO_EVENT, own=self._seed(), author=self._new_author()
        )

    def _otherwise(self, model: Draft) -> tuple[Draft, str] | None:
        """Let something else be wrong at the same place: of the same branch if possible."""
        near = self._by_level2[model.problem.topic.rsplit("/", 1)[0]]
        start = int(self._stream.random() * len(self._vocabulary.problems))
        far = self._vocabulary.problems[start:] + self._vocabulary.problems[:start]
        for problem in (*near, *far):
            if self._objects.take(problem, model.thing):
                decoy = replace(
                    self._decoy(model, model.thing),
                    problem=problem,
                    is_copy=False,
                    is_follow_up=False,
                )
                return decoy, "same place, another problem"
        return None

    def _namesake(self, model: Draft) -> tuple[Draft, str] | None:
        """Let the same happen at the place with nearly the same name, if there is one."""
        twin = self._objects.twin(model.thing)
        if twin is None or not self._objects.take(model.problem, twin):
            return None
        decoy = self._decoy(model, twin)
        if self._stream.random() < REWORDED_RATIO:
            self._reword(decoy, self._speech.styles)
        return decoy, "nearly the same name, another place"

    def _series(self) -> None:
        """Let one author send the same text about many places: as many different matters."""
        first = self._days.draw(0, self._plan.days - 1, self._stream)
        model: Draft | None = None
        problem = self._days.problem(first, self._stream, shared=True)
        for _ in range(20 + int(self._stream.random() * 60)):
            thing = self._objects.draw(problem, self._stream)
            if thing is None:
                return
            draft = self._draft(problem, thing) if model is None else self._again(model, thing)
            self._place(draft, self._days.draw(first, first + 90, self._stream))
            if model is not None and self._stream.random() < 0.2:
                why = "one author's template, another place"
                miss = NearMiss(first=model.serial, second=draft.serial, why=why)
                self.near_misses.append(miss)
            model = draft

    def _again(self, model: Draft, thing: CityObject) -> Draft:
        return replace(model, thing=thing, own=self._seed())

    def _place(self, draft: Draft, day: int) -> None:
        draft.serial = self.number
        self.number += 1
        self.by_day.setdefault(day, []).append(draft)

    def _new_author(self) -> int:
        """Return a number outside the pool of the background's callers."""
        self._authors += 1
        return self._authors

    def _seed(self) -> int:
        return self._stream.getrandbits(SEED_BITS)
