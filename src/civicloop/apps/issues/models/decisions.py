"""What people decided about events: kept for ever, and learned from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models.events import Event


class DecisionKind(models.TextChoices):
    MERGE = "merge", _("merged")
    SPLIT = "split", _("split off")
    CONFIRM = "confirm", _("confirmed as one matter")


class EventDecision(models.Model):
    """A person's merge, split or confirmation; the engine keeps to it for ever, unless it is undone."""

    kind = models.CharField(_("kind"), max_length=10, choices=DecisionKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    before = models.JSONField(_("members before"))  # appeal id -> event id or null
    attached = models.JSONField(_("attached before"), default=dict)  # what hung on merged events
    event = models.ForeignKey(
        Event, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )  # the event that came of it

    class Meta:
        verbose_name = _("decision on an event")
        verbose_name_plural = _("decisions on events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.decided_at}"


class EventConstraint(models.Model):
    """Two appeals that a person said are, or are not, one matter."""

    decision = models.ForeignKey(
        EventDecision, on_delete=models.CASCADE, related_name="constraints"
    )
    first = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+")
    is_same = models.BooleanField()

    class Meta:
        verbose_name = _("constraint on events")
        verbose_name_plural = _("constraints on events")

    def __str__(self) -> str:
        return f"{self.first_id} {'=' if self.is_same else '≠'} {self.second_id}"
