"""What a unit did about an appeal before it answers: the truth behind each reply's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.phrases import SLOT_INDEX, SLOTS, Draw, compiled_all, said
from civicloop.connectors.sample_city.speech import Weighted
from civicloop.connectors.sample_city.vocabulary import Problem

ACTS = {
    "solved": 26, "short": 12, "promised": 20, "ruled": 18, "old": 8, "perfunctory": 7,
    "restated": 5, "template": 4,
}  # fmt: skip
EMPTY_ACTS = frozenset({"perfunctory", "restated", "template"})
BESIDE_RATIO = 0.55  # of the appeals with a second matter: the reply goes into that, too
HEADER = ("id", "kind", "act", "due", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidReply:
    """A reply and what is true of it."""

    text: str
    kind: str  # substantive, partial, empty, thanks
    act: str
    due: date | None  # of a promise with a day
    has_second: bool  # the appeal tells of a second matter

    def truth(self, number: str) -> tuple[str, ...]:
        """Return the row of the truth file."""
        due = self.due.isoformat() if self.due else ""
        return number, self.kind, self.act, due, str(int(self.has_second))


_ACT = Weighted(ACTS)
_ANY_ASK = compiled_all(["妥善处理此事"])


def draw_act(draw: Draw) -> str:
    """Draw what a unit does about a complaint."""
    return _ACT.draw(draw)


def slots_of(draft: Draft, problem: Problem, draw: Draw) -> list[str]:
    """Return the words of one matter that a reply may name."""
    slots = [""] * len(SLOTS)
    slots[SLOT_INDEX["unit"]] = draft.filing.unit
    slots[SLOT_INDEX["h"]] = draft.thing.name
    slots[SLOT_INDEX["hint"]] = problem.hint
    slots[SLOT_INDEX["n"]] = str(3 + int(draw() * 12))
    slots[SLOT_INDEX["thing"]] = problem.things[draft.matter % len(problem.things)]
    slots[SLOT_INDEX["name"]] = said(problem.names[int(draw() * len(problem.names))], slots, draw)
    asks = problem.asks or _ANY_ASK
    slots[SLOT_INDEX["ask"]] = said(asks[int(draw() * len(asks))], slots, draw)
    return slots


def visit_words(replied_at: datetime, draw: Draw) -> str:
    """Return a day shortly before the reply."""
    day = replied_at.date() - timedelta(days=int(draw() * 3))
    return f"{day.month}月{day.day}日"


def due_words(replied_at: datetime, draw: Draw) -> tuple[str, date | None]:
    """Return by when something is promised, in words and as a day; some promises have none."""
    today, form = replied_at.date(), draw()
    if form < 0.35:
        later = today + timedelta(days=20 + int(draw() * 100))
        due = _last_of_month(later)
        return f"{due.year}年{due.month}月底前", due
    if form < 0.6:
        due = today + timedelta(days=5 + int(draw() * 60))
        return f"{due.year}年{due.month}月{due.day}日前", due
    if form < 0.75:
        return f"{today.year}年底前", date(today.year, 12, 31)
    if form < 0.85:
        return "明年6月底前", date(today.year + 1, 6, 30)
    return "条件成熟后", None


def _last_of_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
