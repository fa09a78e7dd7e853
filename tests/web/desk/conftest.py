"""An operator's seat in a city with two units, a directory, and a past that was learned from."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.apps.dispatch.directories import in_force, rule
from tests.factories import (
    AppealFactory,
    AreaFactory,
    ChannelFactory,
    TopicFactory,
    UnitFactory,
    published_article,
)
from tests.made_once import MadeOnce

from civicloop.apps.dispatch.actions.unit_training import train_units
from civicloop.apps.dispatch.models import PastHandling
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.find_events import find_events_in_history
from civicloop.apps.issues.actions.topic_versions import train_topics
from civicloop.apps.places.models import Area
from civicloop.engines.text.topics import LabelledText

PROBLEMS = {"噪声": ("POLICE", "半夜施工吵得睡不着"), "房屋": ("HOUSING", "屋顶漏水墙面开裂")}
TOLD = "中山街半夜施工吵得睡不着，已经三天了"
LIKE = "锦绣花园南门凉亭边挖掘机半夜施工吵得睡不着，保安不管"
HISTORY = 90


@pytest.fixture
def city(db: None, make_city: MadeOnce) -> Area:
    """Two topics, two units, their rules, and what experience and the events were learned from."""
    make_city()
    return Area.objects.get()


@pytest.fixture(scope="package")
def make_city() -> MadeOnce:
    return MadeOnce(_make_city)


def _make_city() -> None:
    now = timezone.now()
    area = AreaFactory()
    ChannelFactory()
    rows = []
    for path, (code, text) in PROBLEMS.items():
        unit = UnitFactory(code=code, name={"POLICE": "公安局", "HOUSING": "住建局"}[code])
        topic = TopicFactory(path=path)
        for number in range(HISTORY):
            words = f"{chr(0x4E00 + number)}街{text}"
            appeal = AppealFactory(
                text=words, topic=topic, area=area, received_at=now - timedelta(hours=number)
            )
            PastHandling.objects.create(appeal=appeal, unit=unit)
            rows.append(LabelledText(text=words, label=path, key=f"{path}{number}"))
    in_force(
        *(rule(path, unit, statute="条例") for path, (unit, _text) in PROBLEMS.items()), now=now
    )
    train_topics(rows=rows, trained_on="rows.csv", now=now)
    train_units(now=now)
    for title in ("夜间施工许可怎么办", "公积金怎么提取", "社保卡丢了怎么补", "路边停车怎么收费"):
        published_article(title=title)
    Appeal.objects.create(
        source="test",
        source_key="like",
        content_hash="0" * 32,
        channel=ChannelFactory(),
        text=LIKE,
        received_at=now,
        area=area,
        county=area,
    )
    find_events_in_history(now=now)
