"""Turns drafts into the rows of the hotline's export."""

from __future__ import annotations

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.geography import Geography
from civicloop.connectors.sample_city.marks import Marked, read_marks
from civicloop.connectors.sample_city.naming import spot_of
from civicloop.connectors.sample_city.phrases import SLOT_INDEX, SLOTS, Draw
from civicloop.connectors.sample_city.plan import CityPlan
from civicloop.connectors.sample_city.replies import Replies
from civicloop.connectors.sample_city.reply_acts import SaidReply
from civicloop.connectors.sample_city.slips import Slips, quirked
from civicloop.connectors.sample_city.speech import Speech
from civicloop.connectors.sample_city.vocabulary import Vocabulary
from civicloop.connectors.sample_city.wording import Writer

HEADER = (
    "编号", "受理时间", "渠道", "诉求类型", "诉求人", "标题", "内容", "区划", "地址",
    "支持数", "反对数", "类别", "答复时间", "答复内容",
)  # fmt: skip
LABELLED_RATIO = 0.6
WRONG_LABEL_RATIO = 0.03
NEAR_WRONG_RATIO = 0.4  # of the wrong labels: in the right first level
SLASH_DATE_RATIO = 0.04
REPLIED_RATIO = 0.94
HOUR_BOUNDS = (  # share of the appeals that came in before the end of each hour
    0.012, 0.018, 0.022, 0.025, 0.028, 0.034, 0.048, 0.085, 0.170, 0.270, 0.365, 0.435,
    0.475, 0.525, 0.600, 0.685, 0.765, 0.825, 0.865, 0.900, 0.932, 0.958, 0.978, 1.0,
)  # fmt: skip
AREA_FORMS = ((0.08, ""), (0.13, "city"), (0.45, "county"), (0.85, "town"), (1.01, "village"))
ADDRESS_FORMS = ((0.45, ""), (0.70, "street"), (0.85, "name"), (1.01, "full"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """A row of the export, and what is true of it."""

    cells: tuple[str, ...]
    kind: str  # what the citizen wants, whatever the clerk ticked
    title: str
    marked: Marked
    reply: SaidReply | None


class Rows:
    """Writes rows of the export, each from its draft alone."""

    def __init__(
        self,
        plan: CityPlan,
        city: Geography,
        vocabulary: Vocabulary,
        speech: Speech,
        author_codes: AuthorCodes,
    ) -> None:
        self._last = datetime.combine(plan.last_day, time(23, 59, 59))
        self._city_name = city.city.name
        self._problems = vocabulary.problems
        self._label_of_kind = speech.label_of_kind
        self._writer = Writer(speech, city.city.name)
        self._slips = Slips()
        self._replies = Replies()
        self._author_codes = author_codes
        self._random = random.Random()  # noqa: S311 - seeded anew for every draft

    def received_at(self, draft: Draft, day: date) -> datetime:
        """Return when in the day the appeal came in."""
        self._random.seed(draft.own ^ 1)
        draw = self._random.random
        hour = bisect(HOUR_BOUNDS, draw())
        return datetime.combine(day, time(hour, int(draw() * 60), int(draw() * 60)))

    def row(self, number: str, draft: Draft, received_at: datetime) -> WrittenRow:
        """Return the row of one appeal, with what is true of its text and of its reply."""
        worded = self._writer.word(draft)
        self._random.seed(draft.own ^ 2)
        draw = self._random.random
        text = self._slips.slipped(worded.text, draft.style.slips_ratio, draw)
        title = self._slips.slipped(worded.title, draft.style.slips_ratio / 4, draw)
        support, oppose = _votes(draft, draw)
        replied_at = self._replied_at(received_at, draw)
        title, marked = quirked(title, draw), read_marks(quirked(text, draw))
        cells = (
            number,
            _written(received_at, draw),
            draft.style.channels.draw(draw),
            self._label_of_kind[worded.kind].draw(draw),
            self._author_codes.code(draft.author),
            title,
            marked.text,
            self._area(draft, draw),
            self._address(draft, marked.text + title, draw),
            str(support),
            str(oppose),
            self._label(draft, draw),
            f"{replied_at:%Y-%m-%d %H:%M:%S}" if replied_at else "",
        )
        reply = self._replies.reply(draft, replied_at, draw) if replied_at else None
        return WrittenRow(
            cells=(*cells, reply.text if reply else ""),
            kind=worded.kind,
            title=title,
            marked=marked,
            reply=reply,
        )

    def _area(self, draft: Draft, draw: Draw) -> str:
        form = AREA_FORMS[bisect(AREA_FORMS, (draw(),))][1]
        town = draft.thing.town
        names = {
            "": "",
            "city": self._city_name,
            "county": town.county.name,
            "town": town.county.name + town.area.name if draw() < 0.4 else town.area.name,
            "village": draft.thing.village,
        }
        return names[form]

    def _address(self, draft: Draft, text: str, draw: Draw) -> str:
        """Return the address; compulsory where neither title nor text names the place."""
        thing = draft.thing
        form = ADDRESS_FORMS[bisect(ADDRESS_FORMS, (draw(),))][1]
        if thing.kind.name in ("bus", "person"):
            return ""
        if form == "street" and thing.name not in text:
            form = "full"
        if form in ("", "street"):
            return f"{thing.street}{thing.door}号" if form else ""
        slots = [""] * len(SLOTS)
        slots[SLOT_INDEX["b"]] = str(1 + (draft.matter >> 8) % 28)
        slots[SLOT_INDEX["n"]] = str(2 + (draft.matter >> 14) % 38)
        spot = spot_of(thing, slots, draw)
        if form == "name":
            return thing.name + spot
        return f"{thing.town.county.name}{thing.town.area.name}{thing.name}{spot}"

    def _label(self, draft: Draft, draw: Draw) -> str:
        if draw() >= LABELLED_RATIO:
            return ""
        topic = draft.filing.topic
        if draw() >= WRONG_LABEL_RATIO:
            return topic
        start = int(draw() * len(self._problems))
        level1 = topic.split("/")[0] if draw() < NEAR_WRONG_RATIO else ""
        for problem in self._problems[start:] + self._problems[:start]:
            if problem.topic != topic and problem.topic.startswith(level1):
                return problem.topic
        return topic

    def _replied_at(self, received_at: datetime, draw: Draw) -> datetime | None:
        if draw() >= REPLIED_RATIO:
            return None
        days = 0.4 + 4.5 * (-log(1 - draw())) ** 1.25
        replied_at = received_at + timedelta(days=days)
        hour = 9 + int(draw() * 9)
        replied_at = max(replied_at.replace(hour=hour), received_at + timedelta(hours=1))
        return replied_at if replied_at <= self._last else None


class AuthorCodes:
    """Gives callers codes that tell nothing about when they first called."""

    STEP = 7_368_787  # a prime, so that no two callers share a code
    SPACE = 9_999_991

    def code(self, author: int) -> str:
        """Return the pseudonym of a caller."""
        return f"U{author * self.STEP % self.SPACE:07d}"


def _written(moment: datetime, draw: Draw) -> str:
    if draw() < SLASH_DATE_RATIO:
        return f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M}"
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _votes(draft: Draft, draw: Draw) -> tuple[int, int]:
    """Return support and opposition: mostly none, now and then very many."""
    scale = 1.5 if draft.event >= 0 else 0.5
    support = int(scale * ((1 - draw()) ** -0.9 - 1))
    oppose = int(0.25 * ((1 - draw()) ** -0.7 - 1))
    return min(support, 2400), min(oppose, 120)
