"""UNDERSTAND: topics suggested, appeals joined into events, hot issues ranked."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.intake.models import Appeal, Kind, Topic
from civicloop.apps.places.models import Area


class TopicModelVersion(models.Model):
    """A trained topic classifier, kept as data (npz and JSON, never a pickle)."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    trained_at = models.DateTimeField(_("trained at"))
    trained_on = models.CharField(_("trained on"), max_length=255)
    is_active = models.BooleanField(_("in use"), default=False)
    summary = models.JSONField(_("summary"))  # rows, accuracy, macro-F1, threshold, coverage
    payload = models.BinaryField()
    hidden_check = models.JSONField(_("check on hidden rows"), default=dict)  # classes, bins, curve
    comparison = models.JSONField(_("comparison with the version before"), null=True)
    learned = models.JSONField(_("learned last"), default=list)  # list of [label, word, gain]
    conflicts = models.JSONField(_("label conflicts"), default=list)  # kind, key, label, other …
    seen = models.BinaryField(_("rows learned from"), default=bytes)  # sorted 8-byte digests
    has_learned_from_appeals = models.BooleanField(_("learned from appeals"), default=False)

    class Meta:
        verbose_name = _("topic model")
        verbose_name_plural = _("topic models")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"v{self.version}"


class TopicSuggestion(HoldsWords):
    """What the classifier thinks of one appeal, and which words led there."""

    PROTECTED: ClassVar = {
        "words": Protected.WORDS,
        "further": Protected.WORDS,
    }

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
    answer = models.CharField(_("topic answered"), max_length=190, blank=True)  # maybe a parent
    known_ratio = models.FloatField(_("share of known words"), default=1)
    further = models.JSONField(_("further topics"), default=list)  # label, probability, sentence

    class Meta:
        verbose_name = _("topic suggestion")
        verbose_name_plural = _("topic suggestions")

    def __str__(self) -> str:
        return f"{self.label} {self.probability:.2f}"


class Event(HoldsWords):
    """One concrete matter (事件) that two or more appeals are about."""

    PROTECTED: ClassVar = {
        "title": Protected.WORDS,
        "terms": Protected.WORDS,
        "place": Protected.WORDS,
    }

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


class SimilarAppeal(HoldsWords):
    """Two appeals the engine compared closely, and why it thinks them one matter or not."""

    PROTECTED: ClassVar = {
        "reasons": Protected.WORDS,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="similar_appeals")
    other = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField(_("score"))
    is_same_event = models.BooleanField(_("one matter"))
    reasons = models.JSONField(_("reasons"))  # list of [code, detail, weight]
    meaning = models.FloatField(_("likeness of meaning"), null=True)  # -1 to 1; none: not asked

    class Meta:
        verbose_name = _("similar appeal")
        verbose_name_plural = _("similar appeals")
        ordering = ["-score"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "other"], name="issues_similarappeal_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} ~ {self.other_id}"


class MeaningComparison(models.Model):
    """The city's own model was asked how alike appeals are, or could not be asked."""

    compared_at = models.DateTimeField(_("compared at"))
    model_name = models.CharField(_("model"), max_length=200)
    pair_count = models.PositiveIntegerField(_("pairs compared"))
    failure = models.CharField(_("why it could not be asked"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("comparison of meanings")
        verbose_name_plural = _("comparisons of meanings")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.compared_at} {self.model_name}"


class SimilarityBasis(models.Model):
    """What is common in the city's appeals, learned from all of them; new ones are held against it.

    Appeals outside ``looked_at`` have not been looked at yet. It holds ranges of ids, first and
    last of each; a gap may still be filled by an import that began before and ends later.
    """

    learned_at = models.DateTimeField(_("learned at"))
    appeal_count = models.PositiveIntegerField(_("appeals learned from"))
    payload = models.BinaryField(_("payload"))
    looked_at = models.JSONField(_("appeals looked at"))  # list of [first id, last id]

    class Meta:
        verbose_name = _("basis of similarity")
        verbose_name_plural = _("bases of similarity")

    def __str__(self) -> str:
        return f"{self.learned_at} ({self.appeal_count})"


class GramFilings(models.Model):
    """The newest appeals filed under each of some grams: where a new appeal finds its like."""

    shelf = models.PositiveIntegerField(primary_key=True)
    filings = models.BinaryField()  # as event_store writes it

    class Meta:
        verbose_name = _("shelf of filed appeals")
        verbose_name_plural = _("shelves of filed appeals")

    def __str__(self) -> str:
        return f"{self.shelf}"


class ReadAppeal(models.Model):
    """What the same-event engine read in an appeal, and which appeals hang together with it."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    component = models.PositiveBigIntegerField(null=True)  # the smallest id in it; none: alone
    reading = models.BinaryField()  # as the engine packs it, beside the basis

    class Meta:
        verbose_name = _("appeal as read")
        verbose_name_plural = _("appeals as read")

    def __str__(self) -> str:
        return f"{self.appeal_id} ({self.component})"


class AppealComponent(models.Model):
    """Appeals that hang together by links or decisions, with the scores of their pairs."""

    first = models.PositiveBigIntegerField(primary_key=True)  # the smallest id in it
    payload = models.BinaryField()  # as the engine packs it

    class Meta:
        verbose_name = _("appeals that hang together")
        verbose_name_plural = _("appeals that hang together")

    def __str__(self) -> str:
        return f"{self.first}"


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


class ReplyVerdict(models.TextChoices):
    """What a reply comes to, in order of how much it needs another look."""

    EMPTY = "empty", _("tells nothing")
    BESIDE = "beside", _("no answer found")
    UNCLEAR = "unclear", _("answered in other words, or not")
    PARTIAL = "partial", _("some requests not found")
    ANSWERS = "answers", _("goes into what was asked")


class ReplyTemplate(HoldsWords):
    """Words that were sent, nearly unchanged, about several different matters."""

    PROTECTED: ClassVar = {
        "words": Protected.REPLY,
    }

    words = models.TextField(_("words"))
    reply_count = models.PositiveIntegerField(_("replies"))
    matter_count = models.PositiveIntegerField(_("matters"))

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["-reply_count", "id"]

    def __str__(self) -> str:
        return self.words[:60]


MOSTLY_TEMPLATE = 0.6  # share of a reply from which on its words count as sent to many


class ReplyCheck(HoldsWords):
    """What the engine reads in the reply to one appeal; a person judges."""

    PROTECTED: ClassVar = {
        "parts": Protected.REPLY,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="reply_check"
    )
    fingerprint = models.CharField(max_length=32)  # of the texts and the engine: read anew?
    replied_at = models.DateTimeField(_("replied at"))
    probability = models.FloatField(_("probability of being substantive"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=ReplyVerdict)
    request_count = models.PositiveSmallIntegerField(_("requests"))
    open_count = models.PositiveSmallIntegerField(_("requests left unanswered"))
    first_due_day = models.DateField(_("first day by which something is promised"), null=True)
    parts = models.JSONField(_("parts"))  # see apps/issues/reply_parts.py
    template = models.ForeignKey(
        ReplyTemplate, on_delete=models.SET_NULL, null=True, related_name="checks"
    )
    template_share = models.FloatField(_("share of the reply that is template"), default=0)

    class Meta:
        verbose_name = _("check of a reply")
        verbose_name_plural = _("checks of replies")
        indexes = [
            models.Index(fields=["replied_at", "appeal"], name="issues_replycheck_replied"),
            models.Index(
                fields=["verdict", "replied_at", "appeal"], name="issues_replycheck_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.verdict}"

    @property
    def is_template(self) -> bool:
        """Whether most of the reply stands in other replies about other matters."""
        return self.template_id is not None and self.template_share >= MOSTLY_TEMPLATE


class ReplyPromise(HoldsWords):
    """Something a reply promises; whether it is overdue depends on the day one looks."""

    PROTECTED: ClassVar = {
        "words": Protected.REPLY,
    }

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="reply_promises")
    start = models.PositiveIntegerField(_("first character in the reply"))
    words = models.TextField(_("words"))
    is_news = models.BooleanField(_("news, not an act, is promised"))
    due_day = models.DateField(_("by"), null=True)
    due_words = models.CharField(_("by, in the reply's words"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("promise in a reply")
        verbose_name_plural = _("promises in replies")
        ordering = ["appeal", "start"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "start"], name="issues_replypromise_once")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.words[:40]}"


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


class KindModelVersion(models.Model):
    """What was learned of kinds from the city's own rows; the newest is in use."""

    trained_at = models.DateTimeField(_("trained at"))
    row_count = models.PositiveIntegerField(_("rows learned from"))
    payload = models.BinaryField()

    class Meta:
        verbose_name = _("model of kinds")
        verbose_name_plural = _("models of kinds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} ({self.row_count})"


class AppealReading(HoldsWords):
    """What the engine read in one appeal; the spans point into its text as it was received."""

    PROTECTED: ClassVar = {
        "danger_words": Protected.WORDS,
    }

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="reading"
    )
    engine_version = models.PositiveSmallIntegerField(_("version of the engine"))
    content_hash = models.CharField(max_length=32)  # of the appeal when it was read
    kind = models.CharField(_("suggested kind"), max_length=10, choices=Kind)
    kind_probability = models.FloatField(_("probability of the kind"))
    urgency = models.PositiveSmallIntegerField(_("urgency"))  # 0 to 3
    danger_words = models.JSONField(_("words of danger"), default=list)
    request_count = models.PositiveSmallIntegerField(_("problems"))
    spans = models.JSONField(_("spans"))  # by type, see apps/issues/actions/readings.py

    class Meta:
        verbose_name = _("reading of an appeal")
        verbose_name_plural = _("readings of appeals")
        indexes = [
            models.Index(
                fields=["-appeal"], name="issues_reading_urgent", condition=models.Q(urgency=3)
            )
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.urgency}"


class PairModelVersion(models.Model):
    """Weights of the same-event engine learned from judged pairs; none in use: the shipped ones."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    learned_at = models.DateTimeField(_("learned at"))
    is_active = models.BooleanField(_("in use"), default=False)
    decision_count = models.PositiveIntegerField(_("decisions learned from"))
    file_name = models.CharField(_("file of judged events"), max_length=255, blank=True)
    pairs = models.JSONField(_("pairs learned from"))  # list of [first appeal, second appeal]
    weights = models.JSONField(_("weights"))  # as PairModel.as_data gives them
    changed = models.JSONField(_("what changed most"))  # list of [factor, evidence, step]
    figures = models.JSONField(_("comparison with the weights in use"))  # see actions/learn_pairs

    class Meta:
        verbose_name = _("weights of the same-event engine")
        verbose_name_plural = _("weights of the same-event engine, by version")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"v{self.version}"
