"""UNDERSTAND: topics suggested, appeals joined into events, hot issues ranked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Appeal, Topic
from civicloop.apps.places.models import Area


class TopicModelVersion(models.Model):
    """A trained topic classifier, kept as data (npz and JSON, never a pickle)."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    trained_at = models.DateTimeField(_("trained at"))
    trained_on = models.CharField(_("trained on"), max_length=255)
    is_active = models.BooleanField(_("in use"), default=False)
    summary = models.JSONField(_("summary"))  # rows, accuracy, macro-F1, threshold, coverage
    payload = models.BinaryField()

    class Meta:
        verbose_name = _("topic model")
        verbose_name_plural = _("topic models")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"v{self.version}"


class TopicSuggestion(models.Model):
    """What the classifier thinks of one appeal, and which words led there."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="topic_suggestion"
    )
    model = models.ForeignKey(TopicModelVersion, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=190)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")
    probability = models.FloatField(_("probability"))
    second_label = models.CharField(_("second choice"), max_length=190, blank=True)
    second_probability = models.FloatField(_("probability of the second choice"), default=0)
    is_abstained = models.BooleanField(_("left to a person"))
    words = models.JSONField(_("words that led there"))  # list of [word, weight]

    class Meta:
        verbose_name = _("topic suggestion")
        verbose_name_plural = _("topic suggestions")

    def __str__(self) -> str:
        return f"{self.label} {self.probability:.2f}"


class Event(models.Model):
    """One concrete matter (事件) that two or more appeals are about."""

    title = models.CharField(_("title"), max_length=200)
    terms = models.JSONField(_("telling words"), default=list)
    appeal_count = models.PositiveIntegerField(_("appeals"))
    people_count = models.PositiveIntegerField(_("people"))
    first_at = models.DateTimeField(_("first appeal at"))
    last_at = models.DateTimeField(_("last appeal at"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["last_at", "id"], name="issues_event_last")]

    def __str__(self) -> str:
        return self.title


class EventRun(models.Model):
    """One pass of the same-event engine; appeals with a higher id have not been looked at yet."""

    run_at = models.DateTimeField(_("run at"))
    last_appeal_id = models.BigIntegerField(_("last appeal looked at"))
    appeal_count = models.PositiveIntegerField(_("appeals"))
    event_count = models.PositiveIntegerField(_("events"))
    is_incremental = models.BooleanField(_("new appeals only"))

    class Meta:
        verbose_name = _("run of the same-event engine")
        verbose_name_plural = _("runs of the same-event engine")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.run_at} {self.event_count}"


class MembershipBasis(models.TextChoices):
    ENGINE = "engine", _("found by the text engine")
    PERSON = "person", _("decided by a person")


class EventMember(models.Model):
    """An appeal's place in an event; an appeal belongs to one event at most."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="event_member"
    )
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="members")
    basis = models.CharField(max_length=10, choices=MembershipBasis, default=MembershipBasis.ENGINE)

    class Meta:
        verbose_name = _("event member")
        verbose_name_plural = _("event members")

    def __str__(self) -> str:
        return f"{self.appeal_id} in {self.event_id}"


class SimilarAppeal(models.Model):
    """Two appeals the engine compared closely, and why it thinks them one matter or not."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="similar_appeals")
    other = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField(_("score"))
    is_same_event = models.BooleanField(_("one matter"))
    reasons = models.JSONField(_("reasons"))  # list of [code, detail, weight]

    class Meta:
        verbose_name = _("similar appeal")
        verbose_name_plural = _("similar appeals")
        ordering = ["-score"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "other"], name="issues_similarappeal_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} ~ {self.other_id}"


class DecisionKind(models.TextChoices):
    MERGE = "merge", _("merged")
    SPLIT = "split", _("split off")


class EventDecision(models.Model):
    """A person's merge or split; the engine keeps to it for ever, unless it is undone."""

    kind = models.CharField(_("kind"), max_length=10, choices=DecisionKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    before = models.JSONField(_("members before"))  # appeal id -> event id or null
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


class HotIssue(models.Model):
    """An event or a topic in a ranking, with each factor of its heat."""

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
