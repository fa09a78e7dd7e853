"""Classes: events of one cause, joined across places."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.models.events import Event, MembershipBasis


class EventClass(HoldsWords):
    """Events of one cause in many places (一类问题), with what they have in common."""

    PROTECTED: ClassVar = {
        "title": Protected.WORDS,
        "terms": Protected.WORDS,
    }

    name = models.CharField(_("name"), max_length=100, blank=True)  # given by a person
    title = models.CharField(_("telling words"), max_length=200)  # as the engine would call it
    terms = models.JSONField(_("telling words"), default=list)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    topic_share = models.FloatField(_("share of the events with this topic"), default=0)
    respondent = models.CharField(_("whom it is about"), max_length=20, blank=True)
    respondent_share = models.FloatField(_("share of the events about such a party"), default=0)
    season = models.JSONField(_("season"), null=True, blank=True)  # months and ratio, or nothing
    event_count = models.PositiveIntegerField(_("events"), default=0)
    appeal_count = models.PositiveIntegerField(_("appeals"), default=0)
    people_count = models.PositiveIntegerField(_("people"), default=0)
    place_count = models.PositiveIntegerField(_("places"), default=0)
    first_at = models.DateTimeField(_("first appeal at"), null=True)
    last_at = models.DateTimeField(_("last appeal at"), null=True)

    class Meta:
        verbose_name = _("class of events")
        verbose_name_plural = _("classes of events")
        indexes = [models.Index(fields=["-people_count", "id"], name="issues_eventclass_people")]

    def __str__(self) -> str:
        return self.name or self.title


class EventClassMember(models.Model):
    """An event's place in a class; an event belongs to one class at most."""

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, primary_key=True, related_name="class_member"
    )
    event_class = models.ForeignKey(EventClass, on_delete=models.CASCADE, related_name="members")
    basis = models.CharField(max_length=10, choices=MembershipBasis, default=MembershipBasis.ENGINE)
    closeness = models.FloatField(_("likeness to the others of the class"), default=0)

    class Meta:
        verbose_name = _("member of a class")
        verbose_name_plural = _("members of classes")

    def __str__(self) -> str:
        return f"{self.event_id} in {self.event_class_id}"


class ClassNeighbour(HoldsWords):
    """An event that looks like a class without being of it, and what parts the two."""

    PROTECTED: ClassVar = {
        "shared": Protected.WORDS,
        "lacking": Protected.WORDS,
        "own": Protected.WORDS,
    }

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="class_neighbours")
    event_class = models.ForeignKey(EventClass, on_delete=models.CASCADE, related_name="neighbours")
    closeness = models.FloatField(_("likeness to the class"))
    shared = models.JSONField(_("words in common"))
    lacking = models.JSONField(_("words of the class that it lacks"))
    own = models.JSONField(_("words of its own matter"))

    class Meta:
        verbose_name = _("neighbour of a class")
        verbose_name_plural = _("neighbours of classes")
        ordering = ["-closeness", "event"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "event_class"], name="issues_classneighbour_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} beside {self.event_class_id}"

    @property
    def class_of_event(self) -> EventClass | None:
        """The class that the event itself is of, if it has one."""
        member: EventClassMember | None = getattr(self.event, "class_member", None)
        return member.event_class if member else None


class ClassDecisionKind(models.TextChoices):
    NAME = "name", _("named")
    TAKE_OUT = "take_out", _("event taken out")
    ADD = "add", _("event added")


class ClassDecision(models.Model):
    """A person's word on a class; the engine keeps to it for ever, unless it is undone."""

    kind = models.CharField(_("kind"), max_length=10, choices=ClassDecisionKind)
    event_class = models.ForeignKey(EventClass, on_delete=models.CASCADE, related_name="decisions")
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, related_name="class_decisions"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    before = models.JSONField(
        _("as it was before"), null=True
    )  # the name, or the event's class or null

    class Meta:
        verbose_name = _("decision on a class")
        verbose_name_plural = _("decisions on classes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.decided_at}"
