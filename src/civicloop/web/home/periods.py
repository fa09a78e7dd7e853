"""The amounts of the home page, each beside the period before it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from civicloop.apps.intake.queries import IntakeOverview


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What came in over some days, and over as many days before them."""

    name: str
    first_day: date
    last_day: date
    count: int
    previous_name: str = ""
    previous_count: int | None = None  # None: not compared, the day is not over

    @property
    def previous_last_day(self) -> date:
        """The last of as many days before."""
        return self.first_day - timedelta(days=1)

    @property
    def previous_first_day(self) -> date:
        """The first of as many days before."""
        return self.first_day - (self.last_day - self.first_day) - timedelta(days=1)

    @property
    def difference(self) -> int:
        """How many more than before; negative: fewer."""
        return self.count - (self.previous_count or 0)

    @property
    def change_ratio(self) -> float | None:
        """The difference as a share of before; None where there was nothing before."""
        return self.difference / self.previous_count if self.previous_count else None


def periods_of(overview: IntakeOverview, *, today: date, is_today: bool) -> list[Period]:
    """The last day shown, 7 days and 28 days, that day included."""
    name = _("Today so far") if is_today else _("The last day")
    return [
        Period(name=name, first_day=today, last_day=today, count=overview.today),
        Period(
            name=_("Last 7 days"),
            first_day=today - timedelta(days=6),
            last_day=today,
            count=overview.week,
            previous_name=_("the 7 days before"),
            previous_count=overview.previous_week,
        ),
        Period(
            name=_("Last 28 days"),
            first_day=today - timedelta(days=27),
            last_day=today,
            count=overview.month,
            previous_name=_("the 28 days before"),
            previous_count=overview.previous_month,
        ),
    ]
