"""ANSWER: what the city's staff and its citizens may rely on, with who answers for it and until when."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Topic
from civicloop.apps.places.models import Area, Unit


class Audience(models.TextChoices):
    PUBLIC = "public", _("everybody")
    INTERNAL = "internal", _("staff only")


class ArticleState(models.TextChoices):
    """Where the newest version stands; readers go on seeing the version before it meanwhile."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ArticleQuerySet(models.QuerySet["Article"]):
    def in_force(self, day: date) -> Self:
        """Keep the articles whose published version is valid on the day."""
        return self.filter(current__valid_from__lte=day).filter(
            Q(current__valid_to=None) | Q(current__valid_to__gte=day)
        )

    def readable_by(self, audience: str) -> Self:
        """Keep what this audience may read: staff read everything."""
        return self.filter(audience=audience) if audience == Audience.PUBLIC else self.all()


class Article(models.Model):
    """One answer of the knowledge base (知识条目).

    Unit, topic, area and audience are those of the version that readers see, or of the newest
    one before any is published.
    """

    number = models.CharField(_("article number"), max_length=30, unique=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: the whole city
    audience = models.CharField(_("audience"), max_length=10, choices=Audience)
    state = models.CharField(
        _("state"), max_length=10, choices=ArticleState, default=ArticleState.DRAFT
    )
    current = models.OneToOneField(
        "ArticleVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # the version that readers see
    review_due_day = models.DateField(_("to be looked at again by"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="knowledge_article_published_is_read",
                condition=~Q(state=ArticleState.PUBLISHED) | Q(current__isnull=False),
            ),
            models.CheckConstraint(
                name="knowledge_article_withdrawn_is_unread",
                condition=~Q(state=ArticleState.WITHDRAWN) | Q(current__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ArticleVersion(models.Model):
    """What an article said from one writing to the next; its words are never changed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    questions = models.TextField(_("forms of the question"), blank=True)  # one a line
    answer = models.TextField(_("answer"))
    steps = models.TextField(_("steps"), blank=True)  # one a line
    legal_basis = models.TextField(_("legal basis"), blank=True)
    source_name = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    audience = models.CharField(_("audience"), max_length=10, choices=Audience)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))
    restored_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    is_approved = models.BooleanField(_("approved"), null=True)  # null: nobody has reviewed it
    review_note = models.TextField(_("note of the review"), blank=True)

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="knowledge_version_once"),
            models.CheckConstraint(
                name="knowledge_version_four_eyes",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("author")),
            ),
            models.CheckConstraint(
                name="knowledge_version_review_is_whole",
                condition=Q(reviewed_by=None, reviewed_at=None, is_approved=None)
                | Q(
                    reviewed_by__isnull=False, reviewed_at__isnull=False, is_approved__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="knowledge_version_ends_after_it_begins",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def question_list(self) -> list[str]:
        return _lines(self.questions)

    @property
    def step_list(self) -> list[str]:
        return _lines(self.steps)

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class HitKind(models.TextChoices):
    """How an article served."""

    SHOWN = "shown", _("suggested to an operator")
    ANSWERED = "answered", _("used in an answer on the spot")
    READ = "read", _("read in self-service")
    HELPED = "helped", _("a citizen said that it helped")


class ArticleHit(models.Model):
    """How often an article served in one way on one day; who asked, and what, is not kept."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="hits")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=HitKind)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("use of an article")
        verbose_name_plural = _("uses of articles")
        constraints = [
            models.UniqueConstraint(fields=["article", "day", "kind"], name="knowledge_hit_once"),
        ]
        indexes = [models.Index(fields=["day", "kind"], name="knowledge_hit_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day} {self.kind} {self.count}"


class CorrectionOutcome(models.TextChoices):
    OPEN = "open", _("waits for the owner")
    CORRECTED = "corrected", _("the article was corrected")
    UNFOUNDED = "unfounded", _("the article is right")


class CorrectionRequest(models.Model):
    """Somebody who works with an article says that it is wrong; its owner must answer by a day."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("what is wrong"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("requested at"))
    due_day = models.DateField(_("answer due on"))
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=CorrectionOutcome,
        default=CorrectionOutcome.OPEN,
    )
    answer = models.TextField(_("answer"), blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for a correction")
        verbose_name_plural = _("requests for corrections")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="knowledge_correction_settled_is_whole",
                condition=Q(outcome=CorrectionOutcome.OPEN, settled_by=None, settled_at=None)
                | (
                    ~Q(outcome=CorrectionOutcome.OPEN)
                    & Q(settled_by__isnull=False, settled_at__isnull=False)
                ),
            ),
        ]
        indexes = [models.Index(fields=["outcome", "due_day"], name="knowledge_correction_due")]

    def __str__(self) -> str:
        return self.text[:30]

    def is_overdue(self, day: date) -> bool:
        return self.outcome == CorrectionOutcome.OPEN and self.due_day < day


class IndexMark(models.Model):
    """Counts the changes that readers see, so that each process knows when its index is old."""

    changes = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("mark of the index of articles")
        verbose_name_plural = _("marks of the index of articles")

    def __str__(self) -> str:
        return str(self.changes)
