"""What a copy that may be given away holds, column by column; what is not named here is not in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_noop

INTEGER, TEXT = "INTEGER", "TEXT"
UNITS_UP_TO = 1  # on a coarser step the unit would tell the place that is not told

TABLES: Mapping[str, Mapping[str, str]] = {
    "places_area": {
        "id": INTEGER, "code": TEXT, "name": TEXT, "level": TEXT, "parent_id": INTEGER,
    },
    "places_unit": {
        "id": INTEGER, "code": TEXT, "name": TEXT, "level": TEXT, "area_id": INTEGER,
    },
    "intake_channel": {"id": INTEGER, "code": TEXT, "name": TEXT},
    "intake_topic": {
        "id": INTEGER, "code": TEXT, "path": TEXT, "level": INTEGER, "parent_id": INTEGER,
    },
    "intake_appeal": {
        "id": INTEGER, "step": INTEGER, "area_id": INTEGER, "topic_id": INTEGER, "received": TEXT,
        "channel_id": INTEGER, "kind": TEXT, "days_to_reply": INTEGER,
        "subject": TEXT, "text": TEXT, "reply_text": TEXT,
    },
    "dispatch_workorder": {
        "id": INTEGER, "appeal_id": INTEGER, "lead_unit_id": INTEGER, "days_to_close": INTEGER,
        "state": TEXT, "round": INTEGER, "urgency": TEXT, "dispatch_basis": TEXT,
        "return_count": INTEGER, "supervision_level": INTEGER, "claim": TEXT, "resolved": TEXT,
        "satisfaction": INTEGER, "close_type": TEXT,
    },
    "dispatch_orderstep": {
        "id": INTEGER, "order_id": INTEGER, "day": INTEGER,
        "name": TEXT, "from_state": TEXT, "to_state": TEXT,
    },
    "anonymity": {"step": INTEGER, "told": TEXT, "appeals": INTEGER},
}  # fmt: skip
AS_THEY_ARE = {  # columns that are written as the database has them
    "dispatch_workorder": (
        "state", "round", "urgency", "dispatch_basis", "return_count", "supervision_level",
        "claim", "resolved", "satisfaction", "close_type",
    ),
    "dispatch_orderstep": ("name", "from_state", "to_state"),
}  # fmt: skip
ALIKE = ("area_id", "topic_id", "received")


class Where(NamedTuple):
    """By what somebody who knows of an appeal would look for it."""

    pk: int
    area: int | None
    county: int | None
    topic: int | None
    root: int | None  # the topic's first level
    day: date


class Told(NamedTuple):
    """What is told of an appeal's place, matter and time."""

    area: int | None
    topic: int | None
    received: str


LADDER: Sequence[tuple[str, Callable[[Where], Told]]] = (
    (gettext_noop("area, topic, day"), lambda at: Told(at.area, at.topic, at.day.isoformat())),
    (gettext_noop("area, topic, week"), lambda at: Told(at.area, at.topic, _week(at.day))),
    (gettext_noop("county, topic, week"), lambda at: Told(at.county, at.topic, _week(at.day))),
    (
        gettext_noop("county, topic's first level, month"),
        lambda at: Told(at.county, at.root, f"{at.day:%Y-%m}"),
    ),
    (gettext_noop("topic's first level, month"), lambda at: Told(None, at.root, f"{at.day:%Y-%m}")),
    (gettext_noop("topic's first level, year"), lambda at: Told(None, at.root, f"{at.day:%Y}")),
)


def _week(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"
