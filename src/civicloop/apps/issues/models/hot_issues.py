"""The ranked lists of hot issues."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.models.events import Event


class HotIssueList(models.Model):
    """One computed ranking: its day, its window and its weights."""

    day = models.DateField(_("day"))
    window_days = models.PositiveSmallIntegerField(_("window in days"))
    computed_at = models.DateTimeField(_("computed at"))
    weights = models.JSONField(_("weights"))
    appeal_count = models.PositiveIntegerField(_("appeals in the window"))

    class Meta:
        verbose_name = _("hot-issue list")
        verbose_name_plural = _("hot-issue lists")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "window_days"], name="issues_hotissuelist_one_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} ({self.window_days})"


class HotScope(models.TextChoices):
    EVENT = "event", _("event")
    TOPIC = "topic", _("topic")


class HotIssue(HoldsWords):
    """An event or a topic in a ranking, with each factor of its heat."""

    PROTECTED: ClassVar = {
        "title": Protected.WORDS,
        "place": Protected.WORDS,
    }

    hot_list = models.ForeignKey(HotIssueList, on_delete=models.CASCADE, related_name="issues")
    scope = models.CharField(_("ranking of"), max_length=10, choices=HotScope)
    rank = models.PositiveIntegerField(_("rank"))
    heat = models.FloatField(_("heat"))
    event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    factors = models.JSONField(_("factors"))  # list of code, raw, score, weight, points
    daily_counts = models.JSONField(_("appeals per day"))
    is_rising = models.BooleanField(_("rising"))
    title = models.CharField(_("description"), max_length=200)
    place = models.CharField(_("place and people"), max_length=200, blank=True)
    first_at = models.DateTimeField(_("first appeal at"))
    last_at = models.DateTimeField(_("last appeal at"))
    appeal_count = models.PositiveIntegerField(_("appeals"))
    people_count = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("hot issue")
        verbose_name_plural = _("hot issues")
        constraints = [
            models.UniqueConstraint(
                fields=["hot_list", "scope", "rank"], name="issues_hotissue_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.title}"
