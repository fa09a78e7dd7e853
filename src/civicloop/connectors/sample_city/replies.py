"""Official replies: some solve, some promise, some explain, some say nothing."""

from __future__ import annotations

from datetime import date, datetime

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.phrases import (
    SLOT_INDEX,
    Draw,
    compiled_all,
    pick,
    said,
    tidied,
)
from civicloop.connectors.sample_city.reply_acts import (
    BESIDE_RATIO,
    EMPTY_ACTS,
    SaidReply,
    draw_act,
    due_words,
    slots_of,
    visit_words,
)
from civicloop.connectors.sample_city.speech import Weighted
from civicloop.connectors.sample_city.vocabulary import table

ACTS_OF_TONE = {
    "enquire": {"guided": 88, "perfunctory": 12},
    "praise": {"praised": 100},
}
OLD_ACTS = {"solved": 40, "ongoing": 30, "explained": 30}
WITHOUT_RECEIPT = frozenset({"perfunctory", "restated", "short"})
_OLD = "old"


class Replies:
    """Words the replies of units."""

    def __init__(self) -> None:
        words = table("replies")
        self._laws = tuple(words["law"])
        self._pieces = {name: compiled_all(texts) for name, texts in words.items()}
        self._acts_of_tone = {tone: Weighted(row) for tone, row in ACTS_OF_TONE.items()}
        self._old_acts = Weighted(OLD_ACTS)

    def reply(self, draft: Draft, replied_at: datetime, draw: Draw) -> SaidReply:
        """Word the reply to an appeal."""
        problem = draft.problem
        slots = slots_of(draft, problem, draw)
        slots[SLOT_INDEX["law"]] = pick(self._laws, draw)
        slots[SLOT_INDEX["visit"]] = visit_words(replied_at, draw)
        slots[SLOT_INDEX["due"]], due = due_words(replied_at, draw)
        acts = self._acts_of_tone.get(problem.tone)
        act = acts.draw(draw) if acts else draw_act(draw)
        body, is_dated = self._body(act, slots, draw)
        beside = self._beside(draft, act, draw)
        receipt = ""
        if act not in WITHOUT_RECEIPT:
            receipt = self._piece("receiptdesk" if problem.is_personal else "receipt", slots, draw)
        closing = self._piece("closing", slots, draw) if act != "perfunctory" else ""
        text = tidied(self._piece("opening", slots, draw) + receipt + body + beside + closing)
        return _said(text, act, due if is_dated else None, draft, has_beside=bool(beside))

    def _body(self, act: str, slots: list[str], draw: Draw) -> tuple[str, bool]:
        """Return what the reply tells, and whether it names the day of a promise."""
        if act == "solved":
            return self._piece("visited", slots, draw) + self._piece("did", slots, draw), False
        if act == "promised":
            return self._piece("visited", slots, draw) + self._piece(act, slots, draw), True
        return self._piece(self._old_acts.draw(draw) if act == _OLD else act, slots, draw), False

    def _beside(self, draft: Draft, act: str, draw: Draw) -> str:
        """Return a sentence on the appeal's second matter, if the reply goes into it."""
        if draft.second is None or act in EMPTY_ACTS or draw() >= BESIDE_RATIO:
            return ""
        return self._piece("also", slots_of(draft, draft.second, draw), draw)

    def _piece(self, name: str, slots: list[str], draw: Draw) -> str:
        return said(pick(self._pieces[name], draw), slots, draw)


def _said(text: str, act: str, due: date | None, draft: Draft, *, has_beside: bool) -> SaidReply:
    has_second = draft.second is not None
    kind = "substantive"
    if act in EMPTY_ACTS:
        kind = "empty"
    elif act == "praised":
        kind = "thanks"
    elif has_second and not has_beside:
        kind = "partial"
    return SaidReply(text=text, kind=kind, act=act, due=due, has_second=has_second)
