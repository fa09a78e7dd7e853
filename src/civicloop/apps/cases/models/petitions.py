"""Petition cases (信访事项) with their three levels: handling, review, re-review.

Source: 信访工作条例 (2022), Art. 20–36.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Unit

MOST_REPRESENTATIVES = 5


class PetitionCategory(models.TextChoices):
    SUGGESTION = "suggestion", _("opinion or suggestion")
    ACCUSATION = "accusation", _("report or accusation")
    CLAIM = "claim", _("claim to be decided")


class PetitionCase(HoldsNotes):
    """One petition; who petitions is not kept here."""

    PROTECTED: ClassVar = {
        "subject": Protected.CASE,
    }

    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, null=True, related_name="petitions"
    )
    category = models.CharField(_("category"), max_length=10, choices=PetitionCategory)
    subject = models.CharField(_("subject"), max_length=200)
    people_count = models.PositiveSmallIntegerField(_("people"), default=1)
    representative_count = models.PositiveSmallIntegerField(_("representatives"), default=1)
    registered_at = models.DateTimeField(_("registered at"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    package_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="petitions"
    )  # follows the case to its end (包案)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("petition case")
        verbose_name_plural = _("petition cases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_petition_representatives",
                condition=Q(representative_count__gte=1, representative_count__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class HandOver(HoldsNotes):
    """The petition office hands a petition to an organ, which takes it up or objects (Art. 22, 23)."""

    APPEAL: ClassVar = ("petition__order__appeal",)
    PROTECTED: ClassVar = {
        "objection": Protected.CASE,
    }

    petition = models.ForeignKey(PetitionCase, on_delete=models.PROTECT, related_name="hand_overs")
    organ = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    handed_over_at = models.DateTimeField(_("handed over at"))
    objected_at = models.DateTimeField(_("objected at"), null=True, blank=True)
    objection = models.TextField(_("why the organ objects"), blank=True)
    is_upheld = models.BooleanField(_("objection upheld"), null=True, blank=True)
    decided_at = models.DateTimeField(_("objection decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over of a petition")
        verbose_name_plural = _("hand-overs of petitions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="cases_objection_has_reason",
                condition=Q(objected_at=None) | ~Q(objection=""),
            ),
            models.CheckConstraint(
                name="cases_objection_decided",
                condition=Q(decided_at=None, is_upheld=None)
                | Q(decided_at__isnull=False, is_upheld__isnull=False, objected_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.organ_id}"


class StageLevel(models.TextChoices):
    """The three levels; after re-review the same facts are not accepted again."""

    HANDLING = "handling", _("handling")
    REVIEW = "review", _("review of the handling")
    RE_REVIEW = "re_review", _("re-review")


class PetitionVerdict(models.TextChoices):
    SUPPORTED = "supported", _("supported")
    NO_BASIS = "no_basis", _("reasonable, but without a legal basis: explained")
    NOT_SUPPORTED = "not_supported", _("not supported")
    SETTLED = "settled", _("settled by mediation")


class PetitionStage(HoldsNotes):
    """One level of a petition: the organ, its time and its written opinion."""

    APPEAL: ClassVar = ("petition__order__appeal",)
    PROTECTED: ClassVar = {
        "facts": Protected.CASE,
        "legal_basis": Protected.CASE,
    }

    petition = models.ForeignKey(
        PetitionCase, on_delete=models.PROTECT, related_name="stages", db_index=False
    )
    level = models.CharField(_("level"), max_length=10, choices=StageLevel)
    organ = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("accepted at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    facts = models.TextField(_("facts and reasons"), blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=14, choices=PetitionVerdict, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ask_by_at = models.DateTimeField(_("next level may be asked until"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(
        _("mark of the petitioner"), null=True, blank=True
    )
    rated_at = models.DateTimeField(_("marked by the petitioner at"), null=True, blank=True)

    class Meta:
        verbose_name = _("level of a petition")
        verbose_name_plural = _("levels of petitions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "level"], name="cases_stage_once"),
            models.CheckConstraint(
                name="cases_stage_answered_has_opinion",
                condition=Q(answered_at=None) | ~Q(verdict="") & ~Q(facts=""),
            ),
            models.CheckConstraint(
                name="cases_stage_rated_is_answered",
                condition=Q(satisfaction=None, rated_at=None)
                | Q(
                    satisfaction__gte=1,
                    satisfaction__lte=5,
                    rated_at__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.level}"


class Recusal(HoldsNotes):
    """Somebody with an interest in a petition does not touch it."""

    APPEAL: ClassVar = ("petition__order__appeal",)
    PROTECTED: ClassVar = {
        "reason": Protected.CASE,
    }

    petition = models.ForeignKey(
        PetitionCase, on_delete=models.PROTECT, related_name="recusals", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [
            models.UniqueConstraint(fields=["petition", "user"], name="cases_recusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.user_id}"
