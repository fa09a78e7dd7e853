"""A small city over three months, quiet but for one burst, one author and one endless matter."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from tests.factories import AreaFactory, ChannelFactory, TopicFactory

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.issues.models import Event, EventMember
from civicloop.apps.places.models import AreaLevel

LAST_DAY = date(2023, 11, 15)
DAYS = 98
BURST_DAY = date(2023, 11, 14)
BURST_PEOPLE = 8
TOPICS = ("环境/油烟", "环境/噪声", "交通/路灯", "交通/公交")


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


class WatchedCity:
    """Fills the database; `event` is the burst's."""

    def __init__(self) -> None:
        self._channel = ChannelFactory()
        self._made = 0
        self.county = AreaFactory()
        self.township = AreaFactory(
            code="990101001000", name="青禾街道", level=AreaLevel.TOWNSHIP, parent=self.county
        )
        self.topics = self._tree()
        self._quiet_days()
        self.event = self._event("青禾苑烧烤店油烟", self._burst())
        self.slow_event = self._event("三号路路灯", self._endless())

    def _tree(self) -> list[Topic]:
        roots = {name: TopicFactory(path=name) for name in ("环境", "交通")}
        return [TopicFactory(path=path, parent=roots[path.split("/")[0]]) for path in TOPICS]

    def _appeals(self, rows: list[dict]) -> list[Appeal]:
        appeals = []
        for row in rows:
            self._made += 1
            known = {
                "source": "test",
                "source_key": f"W{self._made:05}",
                "content_hash": f"{self._made:032}",
                "channel": self._channel,
                "text": f"第{self._made}件诉求，路边的事情没有人管",
                "caller_key": f"citizen-{self._made}",
                "is_waiting": False,
            }
            appeals.append(Appeal(**known | row))
        return Appeal.objects.bulk_create(appeals)

    def _quiet_days(self) -> None:
        days = [LAST_DAY - timedelta(days=back) for back in range(DAYS)]
        self._appeals(
            [
                {
                    "received_at": noon(day),
                    "topic": self.topics[(number + at) % 4],
                    "area": (self.township, self.county, None)[(number * 7 + at) % 3],
                }
                for at, day in enumerate(days)
                for number in range(4)
            ]
        )

    def _burst(self) -> list[Appeal]:
        return self._appeals(
            [
                {
                    "received_at": noon(BURST_DAY) + timedelta(hours=16 * (number % 2)),
                    "topic": self.topics[0],
                    "area": self.township,
                    "text": f"烧烤店的油烟{'很' * number}大",
                    "address": "青禾路1号",
                }
                for number in range(BURST_PEOPLE)
            ]
        )

    def _endless(self) -> list[Appeal]:
        first = LAST_DAY - timedelta(days=90)
        return self._appeals(
            [
                {
                    "received_at": noon(first + timedelta(days=15 * number)),
                    "topic": self.topics[2],
                    "area": self.county,
                    "is_waiting": number == 0,
                }
                for number in range(6)
            ]
        )

    def writer(self, appeals: int = 12) -> None:
        """One citizen writes about many places on the last day."""
        self._appeals(
            [
                {"received_at": noon(LAST_DAY), "topic": self.topics[1], "caller_key": "writer"}
                for _ in range(appeals)
            ]
        )

    def _event(self, title: str, members: list[Appeal]) -> Event:
        times = [appeal.received_at for appeal in members]
        event = Event.objects.create(
            title=title,
            place="青禾街道",
            appeal_count=len(members),
            people_count=len({appeal.caller_key for appeal in members}),
            first_at=min(times),
            last_at=max(times),
            area=members[0].area,
            topic=members[0].topic,
        )
        EventMember.objects.bulk_create(
            [EventMember(appeal=appeal, event=event) for appeal in members]
        )
        return event
