"""The yearly holidays and make-up days as the city keeps them, every earlier state with them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CalendarDayKind(models.TextChoices):
    HOLIDAY = "holiday", _("day off")
    MAKE_UP = "make_up", _("make-up workday")


class CalendarVersion(models.Model):
    """A state of the calendar; a new one is made by every change, none is ever changed."""

    number = models.PositiveIntegerField(_("version"), primary_key=True)
    made_at = models.DateTimeField(_("made at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: a command on the server
    source = models.CharField(_("source"), max_length=200)
    hours = models.JSONField(_("business hours"))  # [[first, last], …] in minutes after midnight

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class CalendarYear(models.Model):
    """A year whose special days are known."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    since = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="years")

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that is not what its weekday says, from one version until another."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind of day"), max_length=10, choices=CalendarDayKind)
    name = models.CharField(_("holiday"), max_length=40)
    since = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    until = models.ForeignKey(
        CalendarVersion, on_delete=models.PROTECT, null=True, related_name="days_ended"
    )  # the first version in which it is not so any more

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(until=None), name="clocks_calendarday_one_now"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="clocks_calendarday_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
