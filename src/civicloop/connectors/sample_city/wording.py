"""Words a draft: title and text of an appeal."""

from __future__ import annotations

import random
from dataclasses import dataclass

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.marks import without_marks
from civicloop.connectors.sample_city.naming import place_in_text, place_in_title
from civicloop.connectors.sample_city.phrases import (
    END_MARKS,
    SLOT_INDEX,
    SLOTS,
    Draw,
    pick,
    said,
)
from civicloop.connectors.sample_city.speech import Speech
from civicloop.connectors.sample_city.telling import Telling

P, Q, NAME = (SLOT_INDEX[name] for name in ("p", "q", "name"))
UNNAMED_RATIO = 0.05  # the text says only "our estate"; the title names it
TITLE_UNNAMED_RATIO = 0.12  # and the other way round
TITLE_IS_BEGINNING_RATIO = 0.06
TITLE_LENGTH = 18
BRACKETED_RATIO = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """An appeal in words; the text still carries its marks."""

    kind: str  # what the citizen wants
    title: str
    text: str


class Writer:
    """Words drafts; the same draft always gets the same words."""

    def __init__(self, speech: Speech, city_name: str) -> None:
        self._speech = speech
        self._city_name = city_name
        self._random = random.Random()  # noqa: S311 - seeded anew for every draft
        self._details = random.Random()  # noqa: S311 - seeded anew for every matter

    def word(self, draft: Draft) -> Worded:
        """Word one draft."""
        self._random.seed(draft.wording)
        draw = self._random.random
        kind = self._speech.kinds[draft.problem.tone].draw(draw)
        slots = self._slots(draft, draw)
        place = without_marks(slots[Q])
        is_named = draw() >= UNNAMED_RATIO
        if not is_named:
            slots[P] = slots[Q] = draft.thing.kind.there[1]
        telling = Telling(self._speech, draft, kind, slots, draw, self._details)
        text = telling.text()
        self._random.seed(draft.own)
        if draft.is_copy:
            text = telling.edited(text, place)
        if is_named and draw() < TITLE_IS_BEGINNING_RATIO:
            return Worded(kind=telling.kind, text=text, title=_beginning(text))
        has_place = not is_named or draw() >= TITLE_UNNAMED_RATIO
        title = self._title(draft, slots, place_in_title(draft.thing, draw) if has_place else "")
        return Worded(kind=telling.kind, text=text, title=title)

    def _slots(self, draft: Draft, draw: Draw) -> list[str]:
        thing, problem, matter = draft.thing, draft.problem, draft.matter
        facts = self._speech.facts
        is_third_person = draft.style.is_third_person
        who = pick(thing.kind.who, draw)
        values = {
            "thing": problem.things[matter % len(problem.things)],
            "b": str(1 + (matter >> 8) % 28),
            "n": str(2 + (matter >> 14) % 38),
            "money": facts["money"][(matter >> 20) % len(facts["money"])],
            "month": facts["month"][(matter >> 24) % len(facts["month"])],
            "clock": facts["clock"][(matter >> 28) % len(facts["clock"])],
            "dur": pick(facts["dur"], draw),
            "ago": pick(facts["ago"], draw),
            "unit": draft.filing.office,
            "hint": problem.hint,
            "county": thing.town.county.name,
            "town": thing.town.area.name,
            "who": who,
            "we": who if is_third_person else "我们",
            "h": pick(thing.kind.there if is_third_person else thing.kind.here, draw),
            "phone": f"1540000{int(draw() * 10000):04d}",
        }
        slots = [values.get(name, "") for name in SLOTS]
        slots[Q], slots[P] = place_in_text(draft, self._city_name, slots, draw)
        slots[NAME] = said(pick(problem.names, draw), slots, draw)
        return slots

    def _title(self, draft: Draft, slots: list[str], place: str) -> str:
        draw = self._random.random
        slots = list(slots)
        slots[P] = place
        slots[NAME] = said(pick(draft.problem.names, draw), slots, draw)
        titles = self._speech.titles
        tone = "follow_up" if draft.is_follow_up else draft.problem.tone
        frames = titles.get(tone, titles["frames"])
        if place and draw() < BRACKETED_RATIO:
            frames = titles["bracketed"]
        return without_marks(said(pick(frames, draw), slots, draw))


def _beginning(text: str) -> str:
    return without_marks(text)[:TITLE_LENGTH].rstrip(END_MARKS)
