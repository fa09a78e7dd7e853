"""Official replies: some solve, some explain, some say nothing."""

from __future__ import annotations

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.phrases import (
    SLOT_INDEX,
    SLOTS,
    Draw,
    compiled_all,
    pick,
    said,
    tidied,
)
from civicloop.connectors.sample_city.speech import Weighted
from civicloop.connectors.sample_city.vocabulary import table

BODIES = {"solved": 40, "ongoing": 24, "explained": 24, "perfunctory": 12}
BODIES_OF_TONE = {
    "enquire": {"guided": 88, "perfunctory": 12},
    "praise": {"praised": 100},
}


class Replies:
    """Words the replies of units."""

    def __init__(self) -> None:
        self._pieces = {name: compiled_all(texts) for name, texts in table("replies").items()}
        self._bodies = Weighted(BODIES)
        self._bodies_of_tone = {tone: Weighted(row) for tone, row in BODIES_OF_TONE.items()}

    def reply(self, draft: Draft, draw: Draw) -> str:
        """Word the reply to an appeal."""
        problem = draft.problem
        slots = [""] * len(SLOTS)
        slots[SLOT_INDEX["unit"]] = draft.filing.unit
        slots[SLOT_INDEX["h"]] = draft.thing.name
        slots[SLOT_INDEX["n"]] = str(3 + int(draw() * 12))
        slots[SLOT_INDEX["thing"]] = problem.things[draft.matter % len(problem.things)]
        slots[SLOT_INDEX["name"]] = said(pick(problem.names, draw), slots, draw)
        body = self._bodies_of_tone.get(problem.tone, self._bodies).draw(draw)
        if body == "perfunctory":
            return self._piece("opening", slots, draw) + self._piece(body, slots, draw)
        receipt = "receiptdesk" if problem.is_personal else "receipt"
        names = ("opening", receipt, body, "closing")
        return tidied("".join(self._piece(name, slots, draw) for name in names))

    def _piece(self, name: str, slots: list[str], draw: Draw) -> str:
        return said(pick(self._pieces[name], draw), slots, draw)
