"""A unit objects to an order (异议、退单); units consult before a difficult one is dispatched (会商)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models.orders import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Unit


class ObjectionGround(models.TextChoices):
    NOT_MY_DUTY = "not_my_duty", _("not the unit's duty")
    WRONG_REGION = "wrong_region", _("another area")
    DUPLICATE = "duplicate", _("in another order already")
    UNCLEAR = "unclear", _("too little to act on")
    LEGAL_ROUTE = "legal_route", _("a legal route is prescribed")


class Verdict(models.TextChoices):
    PENDING = "pending", _("to be decided")
    UPHELD = "upheld", _("upheld: another unit takes over")
    REJECTED = "rejected", _("rejected: the unit is designated")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Objection(HoldsNotes):
    """A unit's claim that an order is not for it, and what the centre decided."""

    PROTECTED: ClassVar = {
        "statement": Protected.WORDS,
        "legal_basis": Protected.WORDS,
        "decision": Protected.WORDS,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("ground"), max_length=12, choices=ObjectionGround)
    statement = models.TextField(_("statement"))
    legal_basis = models.CharField(_("legal basis"), max_length=300)
    suggested_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField(_("raised at"))
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=Verdict, default=Verdict.PENDING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.TextField(_("decision"), blank=True)
    topic_path = models.CharField(
        max_length=300, blank=True
    )  # of the order when it was raised; blank: never a precedent

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["topic_path", "id"],
                name="dispatch_objection_precedents",
                condition=Q(verdict__in=[Verdict.UPHELD, Verdict.REJECTED]) & ~Q(topic_path=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(verdict=Verdict.PENDING),
                name="dispatch_objection_one_pending",
            ),
            models.CheckConstraint(
                name="dispatch_objection_decided",
                condition=Q(verdict=Verdict.PENDING) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.ground}"


class Consultation(HoldsNotes):
    """Units say what they think before an order is dispatched."""

    PROTECTED: ClassVar = {
        "question": Protected.WORDS,
        "conclusion": Protected.WORDS,
    }

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="consultations")
    question = models.TextField(_("question"))
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    called_at = models.DateTimeField(_("called at"))
    conclusion = models.TextField(_("conclusion"), blank=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(concluded_at=None),
                name="dispatch_consultation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.called_at:%Y-%m-%d}"


class ConsultationOpinion(HoldsNotes):
    """One unit asked, and its opinion once it has given it."""

    APPEAL: ClassVar = ("consultation__order__appeal",)
    PROTECTED: ClassVar = {
        "opinion": Protected.WORDS,
    }

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="opinions", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    is_ours = models.BooleanField(_("within our duty"), null=True)
    opinion = models.TextField(_("opinion"), blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(_("given at"), null=True, blank=True)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "unit"], name="dispatch_opinion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.unit_id}"
