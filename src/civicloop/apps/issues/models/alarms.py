"""Alarms, and what they would have told a year ago."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.models.events import Event
from civicloop.apps.places.models import Area


class AlarmKind(models.TextChoices):
    TOPIC = "topic", _("topic at a place")
    EVENT = "event", _("event")
    SOURCE = "source", _("one citizen, many appeals")


class AlarmCheck(models.Model):
    """The days up to ``day`` have been looked at for alarms; with which bound."""

    first_day = models.DateField(_("first day looked at"))
    day = models.DateField(_("last day looked at"), unique=True)
    computed_at = models.DateTimeField(_("computed at"))
    per_week = models.FloatField(_("false alarms allowed a week"))
    series_count = models.PositiveIntegerField(_("tests per day"))
    appeal_count = models.PositiveIntegerField(_("appeals looked at"))

    class Meta:
        verbose_name = _("check for alarms")
        verbose_name_plural = _("checks for alarms")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class Alarm(HoldsWords):
    """A topic, an event or a citizen that stood above what chance explains; told once per burst."""

    PROTECTED: ClassVar = {
        "title": Protected.WORDS,
        "place": Protected.WORDS,
    }

    key = models.CharField(max_length=80)  # of the series: equal for two bursts of one series
    kind = models.CharField(_("kind of alarm"), max_length=10, choices=AlarmKind)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, related_name="alarms")
    title = models.CharField(_("description"), max_length=200)
    place = models.CharField(_("place"), max_length=200, blank=True)
    day = models.DateField(_("raised on"))
    told_at = models.DateTimeField(_("told by the appeal of"), null=True)  # none: not kept then
    window_days = models.PositiveSmallIntegerField(_("window in days"))
    people_count = models.PositiveIntegerField(_("people"))
    appeal_count = models.PositiveIntegerField(_("appeals"))
    expected = models.FloatField(_("people expected"))
    chance = models.FloatField(_("chance of as many"), null=True)  # none where nothing is tested
    bound = models.FloatField(_("largest chance that alarms"), null=True)
    tags = models.JSONField(_("marks of a single source"), default=list)
    last_day = models.DateField(_("stood out until"))
    peak_day = models.DateField(_("day with most people"))
    curve = models.JSONField(_("people per day"))  # first_day, people, expected, upper

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-day", "chance", "id"]
        constraints = [models.UniqueConstraint(fields=["day", "key"], name="issues_alarm_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.title}"

    @property
    def first_appeal_id(self) -> int | None:
        """The first of one citizen's many appeals; None of other alarms."""
        kind, _colon, number = self.key.partition(":")
        return int(number) if kind == AlarmKind.SOURCE else None


class AlarmBacktest(HoldsWords):
    """The alarms that a bound would have raised in days gone by, beside a plain z-score."""

    PROTECTED: ClassVar = {
        "result": Protected.WORDS,
    }

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    per_week = models.FloatField(_("false alarms allowed a week"))
    computed_at = models.DateTimeField(_("computed at"))
    appeal_count = models.PositiveIntegerField(_("appeals looked at"))
    alarm_count = models.PositiveIntegerField(_("alarms"))
    result = models.JSONField(_("result"))  # see apps/issues/actions/alarms.py

    class Meta:
        verbose_name = _("back-test of the alarms")
        verbose_name_plural = _("back-tests of the alarms")
        ordering = ["-computed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_day", "last_day", "per_week"], name="issues_alarmbacktest_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day} ({self.per_week})"
