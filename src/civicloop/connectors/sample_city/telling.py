"""Tells a draft: says the pieces of a frame one after another, as one writer would."""

from __future__ import annotations

import random
from collections.abc import Callable

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.marks import PROBLEM, without_marks
from civicloop.connectors.sample_city.phrases import (
    SLOT_INDEX,
    Draw,
    Phrase,
    mentions,
    pick,
    said,
    tidied,
)
from civicloop.connectors.sample_city.speech import Frame, Speech

P, Q, H, NAME, ASK, PERSON, THING = (
    SLOT_INDEX[name] for name in ("p", "q", "h", "name", "ask", "person", "thing")
)
SHARED_DETAILS_RATIO = 0.6  # those concerned tell the same details of their matter
SITE_RATIO = 0.5
SITE_MOODS = ("noise", "smell", "safety", "travel", "plain")  # somebody can come and look
RECURRING_MOODS = ("noise", "smell", "travel", "living")
LOST_CLAUSE_RATIO = 0.4
CLAUSES_TO_LOSE_ONE = 4
DANGER_RATIO = 0.06  # of the complaints and reports
DECOY_RATIO = 0.08
ALSO_DECOY_RATIO = 0.05  # "another thing" that is none
USUAL_KINDS = {
    "complain": "投诉", "report": "举报", "enquire": "咨询", "suggest": "建议", "praise": "表扬",
}  # fmt: skip
NO_MARK_RATIO = 0.15  # of the second problems: nothing says that another one begins


class Telling:
    """One telling of a draft."""

    def __init__(
        self,
        speech: Speech,
        draft: Draft,
        kind: str,
        slots: list[str],
        draw: Draw,
        details: random.Random,
    ) -> None:
        self._speech = speech
        self._draft = draft
        self._problem = draft.problem
        self._kind = kind
        self._slots = slots
        self._draw = draw
        self._details = details
        self._fact: Phrase = ()
        self._used: set[int] = set()
        self._has_asked = False
        self._specials: dict[str, Callable[[], str]] = {
            "fact": self._say_fact,
            "more": lambda: self._say_one(self._problem.more),
            "effect": lambda: self._say_one(speech.moods[self._problem.mood]),
            "ask": self._say_ask,
            "dur": lambda: self._say_either("dur", "recurring", RECURRING_MOODS),
            "contact": lambda: self._say_either("contact", "contactsite", SITE_MOODS),
            "place": lambda: slots[P],
            "name": lambda: slots[NAME],
        }

    def text(self) -> str:
        """Tell the whole of it."""
        if self._draft.is_follow_up:
            style = "clerk" if self._draft.style.is_third_person else "written"
            return tidied(self._say_one(self._speech.follow_ups[style]) + "。")
        text = self._spoken(pick(self._draft.style.frames[self._problem.tone], self._draw))
        text += self._say_danger() + self._say_second()
        if self._draft.style.is_third_person:
            text = text.replace("我们", "其").replace("我", "其")
        return tidied(text)

    @property
    def kind(self) -> str:
        """What the words say the citizen wants: the usual, unless the writer asked otherwise."""
        return self._kind if self._has_asked else USUAL_KINDS[self._problem.tone]

    def edited(self, text: str, place: str) -> str:
        """Edit a text that went round: something before, something after, a clause less."""
        if self._problem.tone == "praise":
            return text
        clauses = text.split("，")
        if len(clauses) >= CLAUSES_TO_LOSE_ONE and self._draw() < LOST_CLAUSE_RATIO:
            position = 1 + int(self._draw() * (len(clauses) - 2))
            if place not in without_marks(clauses[position]) and PROBLEM not in clauses[position]:
                del clauses[position]
        before = self._say_one(self._speech.pieces["edit"])
        after = self._say_one(self._speech.pieces["editend"])
        return tidied(before + "，".join(clauses) + after)

    def _spoken(self, frame: Frame) -> str:
        spoken: list[str] = []
        for piece in frame:
            said_now = piece.chance == 1 or self._draw() < piece.chance
            words = self._say(piece.name) if said_now else ""
            spoken += (words, piece.after) if words else (piece.after[1:],)
        return "".join(spoken)

    def _say(self, name: str) -> str:
        name = name.removesuffix("2")
        special = self._specials.get(name)
        return special() if special else self._say_role(self._speech.pieces[name])

    def _say_one(self, phrases: tuple[Phrase, ...]) -> str:
        """Say one of the phrases that this writer has not said yet, if any is left."""
        left = tuple(phrase for phrase in phrases if id(phrase) not in self._used)
        if not left:
            return ""
        phrase = pick(left, self._draw)
        self._used.add(id(phrase))
        return said(phrase, self._slots, self._draw)

    def _say_either(self, name: str, other: str, moods: tuple[str, ...]) -> str:
        fits = self._problem.mood in moods and self._draw() < SITE_RATIO
        return self._say_one(self._speech.pieces[other if fits else name])

    def _say_fact(self) -> str:
        """Say the fact, another one the second time; from then on the place is known."""
        facts = tuple(fact for fact in self._problem.facts if fact is not self._fact)
        if not facts:
            return ""
        draw = self._draw
        if draw() < SHARED_DETAILS_RATIO:
            self._details.seed(self._draft.matter)
            draw = self._details.random
        self._fact = pick(facts, draw)
        words = said(self._fact, self._slots, draw)
        self._slots[P] = self._slots[H]
        return words

    def _say_second(self) -> str:
        """Tell another problem of the same place in passing, or what only sounds like one."""
        second = self._draft.second
        if second is None:
            if self._problem.tone != "complain" or self._draw() >= ALSO_DECOY_RATIO:
                return ""
            return "。" + self._say_one(self._speech.pieces["alsodecoy"])
        self._slots[P] = self._slots[H]
        self._slots[THING] = second.things[self._draft.matter % len(second.things)]
        is_bare = self._draw() < NO_MARK_RATIO
        also = "" if is_bare else self._say_one(self._speech.pieces["also"])
        fact = said(pick(second.facts, self._draw), self._slots, self._draw)
        return f"。{PROBLEM}{also}{fact}。"

    def _say_danger(self) -> str:
        """Now and then tell of a danger, or of what only sounds like one."""
        if self._problem.is_personal or self._problem.tone not in ("complain", "report"):
            return ""
        chance = self._draw()
        if chance >= DANGER_RATIO + DECOY_RATIO:
            return ""
        name = "danger" if chance < DANGER_RATIO else "decoy"
        return f"。{self._say_one(self._speech.dangers[name])}。"

    def _say_role(self, phrases: tuple[Phrase, ...]) -> str:
        """Say a piece that may introduce the writer; if that names the place, it is known."""
        left = tuple(phrase for phrase in phrases if id(phrase) not in self._used)
        if not left:
            return ""
        phrase = pick(left, self._draw)
        self._used.add(id(phrase))
        if not mentions(phrase, PERSON):
            return said(phrase, self._slots, self._draw)
        role = pick(self._draft.thing.kind.roles, self._draw)
        self._slots[PERSON] = said(role, self._slots, self._draw)
        words = said(phrase, self._slots, self._draw)
        if mentions(role, Q):
            self._slots[P] = self._slots[H]
        return words

    def _say_ask(self) -> str:
        self._slots[ASK] = self._say_one(self._problem.asks)
        if not self._slots[ASK]:
            return ""
        self._has_asked = True
        return self._say_one(self._speech.pieces[self._speech.ask_of_kind.get(self._kind, "ask")])
