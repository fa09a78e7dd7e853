"""HEAR: appeals from every channel, and the files they came in."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.base import ModelBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected, Sight, sight_now
from civicloop.apps.accounts.words import HoldsWords, is_masked_copy, words_at
from civicloop.apps.intake.models.sealed_words import SPOKEN, SealedWords
from civicloop.apps.places.models import Area, Unit

STALLED_AFTER = timedelta(seconds=45)  # a busy machine takes half of it to begin


class Kind(models.TextChoices):
    """What the citizen wants of the city (诉求类型)."""

    ENQUIRY = "enquiry", _("enquiry")
    HELP = "help", _("request for help")
    COMPLAINT = "complaint", _("complaint")
    REPORT = "report", _("report of a wrong")
    SUGGESTION = "suggestion", _("suggestion")
    PRAISE = "praise", _("praise")
    OTHER = "other", _("other")


class Channel(models.Model):
    """A way in which appeals reach the city (渠道)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """Its name in the language of the page."""
        return self.name if (get_language() or "zh").startswith("zh") else self.name_en


class TopicTree(models.Model):
    """One version of the city's topic tree (诉求类别); a change is a new version, from a day on."""

    name = models.CharField(_("name"), max_length=60)
    valid_from = models.DateField(_("valid from"), unique=True)

    class Meta:
        verbose_name = _("topic tree")
        verbose_name_plural = _("topic trees")
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"


class LimitCase(models.TextChoices):
    """What a topic's matters are, where a city gives them a limit of their own."""

    UTILITIES = "utilities", _("water, power, gas, heat")
    COMPLEX = "complex", _("complex")


class Topic(models.Model):
    """A node of the topic tree; path is its names from the root, joined by "/"."""

    tree = models.ForeignKey(TopicTree, on_delete=models.PROTECT, related_name="topics")
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(_("path"), max_length=190)
    unit = models.ForeignKey(
        Unit, on_delete=models.SET_NULL, null=True, blank=True, related_name="topics"
    )  # the unit that usually answers for it
    limit_case = models.CharField(_("case of limits"), max_length=10, blank=True, choices=LimitCase)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["tree", "code"]
        constraints = [
            models.UniqueConstraint(fields=["tree", "code"], name="intake_topic_code"),
            models.UniqueConstraint(fields=["tree", "path"], name="intake_topic_path"),
            models.CheckConstraint(
                condition=Q(level__gte=1) & Q(level__lte=3), name="intake_topic_level"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class ImportState(models.TextChoices):
    PREVIEW = "preview", _("waiting for your confirmation")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    ABANDONED = "abandoned", _("abandoned")


class OnError(models.TextChoices):
    SKIP = "skip", _("import the good rows, return the bad ones")
    ABORT = "abort", _("import nothing if any row is bad")


class OnExisting(models.TextChoices):
    """What becomes of a row whose appeal is there with fewer or other details."""

    REFUSE = "refuse", _("return the row; the appeal stays as it is")
    KEEP = "keep", _("leave the row out; the appeal stays as it is")
    UPDATE = "update", _("bring the appeal up to date; what it said before is kept")


class ImportRun(models.Model):
    """One file on its way in: what was read, what went in, what came back."""

    source = models.CharField(_("source"), max_length=64)  # the system whose ids the file carries
    file_name = models.CharField(_("file name"), max_length=255)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, db_index=True)
    mapping_toml = models.TextField(_("mapping"), blank=True)
    shape = models.JSONField(_("shape of the file"), default=dict)
    on_error = models.CharField(_("when a row is bad"), max_length=10, choices=OnError)
    on_existing = models.CharField(
        _("when an appeal has other details"),
        max_length=10,
        choices=OnExisting,
        default=OnExisting.REFUSE,
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.PREVIEW
    )
    failure = models.JSONField(_("failure"), null=True, blank=True)  # code and parameters
    preview = models.JSONField(_("preview"), default=dict)  # first rows, what a dry run counted
    warnings = models.JSONField(_("warnings"), default=dict)  # code → count, values → counts
    set_aside = models.JSONField(_("set aside"), default=dict)  # titles, totals …: count, examples
    row_count = models.PositiveIntegerField(_("rows read"), default=0)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    present_count = models.PositiveIntegerField(_("already there"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    rejected_count = models.PositiveIntegerField(_("rejected"), default=0)
    row_estimate = models.PositiveIntegerField(_("rows expected"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    beat_at = models.DateTimeField(_("last sign of life at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    file_removed_at = models.DateTimeField(_("file removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    def is_stalled(self, now: datetime) -> bool:
        """Whether the process at work on it seems to have died; another may continue."""
        if self.state != ImportState.RUNNING:
            return False
        return self.beat_at is None or now - self.beat_at > STALLED_AFTER


class TopicBasis(models.TextChoices):
    """Where an appeal's topic comes from."""

    NONE = "none", _("no topic yet")
    IMPORTED = "imported", _("from the source")
    SUGGESTED = "suggested", _("suggested by the model")
    CONFIRMED = "confirmed", _("confirmed by a person")


class Appeal(HoldsWords):
    """One appeal (诉求) from a citizen; Open311 calls it a service request.

    No column tells who the citizen is: caller_key is a keyed hash that only says
    that two appeals come from the same person. What citizens write of themselves into
    their words is masked for most readers; the masked copy is kept beside. Of a report, or what was
    said in confidence, the words themselves are without it, and what was said lies sealed.
    """

    PROTECTED: ClassVar = {
        "subject": Protected.WORDS,
        "text": Protected.WORDS,
        "address": Protected.WORDS,
        "reply_text": Protected.REPLY,
    }

    source = models.CharField(_("source"), max_length=64)
    source_key = models.CharField(_("number in the source"), max_length=100)
    content_hash = models.CharField(max_length=32)  # of the mapped values: same id, same content?
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, verbose_name=_("channel"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(_("text"))
    caller_key = models.CharField(max_length=32, blank=True)
    received_at = models.DateTimeField(_("received at"))
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    county = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # the county that area lies in, kept for fast filters
    address = models.CharField(_("address"), max_length=500, blank=True)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    topic_basis = models.CharField(max_length=10, choices=TopicBasis, default=TopicBasis.NONE)
    support_votes = models.PositiveIntegerField(_("supporting votes"), default=0)
    oppose_votes = models.PositiveIntegerField(_("opposing votes"), default=0)
    reply_text = models.TextField(_("reply"), blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    is_waiting = models.BooleanField(_("waiting"), default=True)  # neither reply nor its time
    is_confidential = models.BooleanField(_("confidential"), null=True)  # null: nobody said
    is_masked = models.BooleanField(
        _("masked"), null=True
    )  # null: not since the words changed; false: set aside
    masked_subject = models.CharField(max_length=600, null=True, blank=True)  # noqa: DJ001
    masked_text = models.TextField(null=True, blank=True)  # noqa: DJ001 -- null: nothing to hide
    masked_address = models.CharField(max_length=600, null=True, blank=True)  # noqa: DJ001
    masked_reply_text = models.TextField(null=True, blank=True)  # noqa: DJ001

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="intake_appeal_once"),
        ]
        indexes = [
            # every column that the list filters by: any mix of filters is answered from the index
            models.Index(
                fields=[
                    "received_at",
                    "id",
                    "county",
                    "area",
                    "topic",
                    "channel",
                    "kind",
                    "is_waiting",
                ],
                name="intake_appeal_received",
            ),
            models.Index(fields=["topic", "received_at", "id"], name="intake_appeal_topic"),
            models.Index(
                fields=["county", "received_at", "id"],
                name="intake_appeal_in_county",
                condition=Q(county__isnull=False),
            ),
            models.Index(
                fields=["area", "received_at", "id"],
                name="intake_appeal_in_area",
                condition=Q(area__isnull=False),
            ),
            models.Index(
                fields=["received_at", "id"],
                name="intake_appeal_waiting",
                condition=Q(is_waiting=True),
            ),
            models.Index(
                fields=["caller_key", "received_at", "id"],
                name="intake_appeal_caller",
                condition=~Q(caller_key=""),
            ),
            models.Index(fields=["id"], name="intake_appeal_unmasked", condition=Q(is_masked=None)),
            models.Index(
                fields=["id"], name="intake_appeal_set_aside", condition=Q(is_masked=False)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.text[:30]

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Words that change are masked anew with the same statement; those of a new report are sealed."""
        columns = None if update_fields is None else set(update_fields)
        said: dict[str, str] = {}
        if columns is None or columns & self.PROTECTED.keys():
            with self.as_stored():
                said = self.put_aside() if self._state.adding and self.is_sensitive else {}
                self.mask()
            columns = None if columns is None else columns | set(MASKED_COLUMNS)
        elif columns & {"kind", "is_confidential"} and self.is_sensitive:
            self.is_masked = None  # the job that masks seals what is hidden
            columns.add("is_masked")
        with transaction.atomic(using=using, savepoint=False):
            super().save(
                force_insert=force_insert,
                force_update=force_update,
                using=using,
                update_fields=columns,
            )
            if said:
                self.seal(said)

    @property
    def is_sensitive(self) -> bool:
        """Whether who handles it must not read where the citizen lives, either."""
        return self.kind == Kind.REPORT or bool(self.is_confidential)

    def sight_at(self, column: str) -> Sight:
        what = self.PROTECTED[column]
        if what is Protected.WORDS and {"kind", "is_confidential"} <= self.__dict__.keys():
            what = Protected.WORDS_OF_REPORT if self.is_sensitive else what
        elif what is Protected.WORDS:  # too little is loaded to know
            what = Protected.WORDS_OF_REPORT
        return sight_now(what)

    def at_sight(self, column: str, sight: Sight) -> object:
        """The copy that is kept, if it was made since the words last changed."""
        copy = f"masked_{column}"
        is_kept = {copy, "is_masked"} <= self.__dict__.keys() and self.is_masked
        if sight is not Sight.MASKED or not is_kept:
            return super().at_sight(column, sight)
        kept: object = self.__dict__[copy]
        return self.__dict__[column] if kept is None else kept

    def put_aside(self) -> dict[str, str]:
        """Take persons and homes out of the citizen's words; gives by column what was said there."""
        said = {}
        for column in SPOKEN:
            words = getattr(self, column)
            masked = words_at(Sight.MASKED, words)[: self._meta.get_field(column).max_length]  # type: ignore[union-attr]
            if masked != words:
                said[column] = words
                setattr(self, column, masked)
        return said

    def seal(self, said: Mapping[str, str]) -> None:
        """Keep what was said, sealed, beside what was sealed before.

        Masking what is masked may find more in it: what was sealed stays.
        """
        kept = SealedWords.objects.filter(pk=self.pk).first()
        before = kept.opened() if kept else {}
        anew = {
            column: written
            for column, written in said.items()
            if not is_masked_copy(
                written,
                before.get(column),
                longest=self._meta.get_field(column).max_length,  # type: ignore[union-attr]
            )
        }
        words = SealedWords(appeal_id=self.pk)
        words.seal_columns({**before, **anew})
        words.save(force_insert=kept is None, force_update=kept is not None)

    def mask(self) -> None:
        """Make the copies without persons and homes; none where there is nothing to hide."""
        for column in self.PROTECTED:
            words = getattr(self, column)
            masked = words_at(Sight.MASKED, words)
            setattr(self, f"masked_{column}", None if masked == words else masked)
        self.is_masked = True


MASKED_COLUMNS = ("is_masked", *(f"masked_{column}" for column in Appeal.PROTECTED))


class SearchMark(models.Model):
    """Up to which appeal the search index reaches; one row."""

    appeal_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("mark of the search index")
        verbose_name_plural = _("marks of the search index")

    def __str__(self) -> str:
        return str(self.appeal_id)
