"""People's mediation (人民调解): free, voluntary, and ended when a party refuses.

Source: People's Mediation Law (2011), Art. 7–9, 19–35. No party's name is kept here: the citizens
are those of the appeal, and an organisation may be named.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.visibility import Protected
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.intake.models import HoldsNotes
from civicloop.apps.places.models import Area


class CommitteeKind(models.TextChoices):
    VILLAGE = "village", _("village or community")
    TOWNSHIP = "township", _("township or street")
    MEDICAL = "medical", _("medical disputes")
    TRAFFIC = "traffic", _("traffic accidents")
    FAMILY = "family", _("marriage and family")
    PROPERTY = "property", _("property management")
    LABOUR = "labour", _("labour")
    CONSUMER = "consumer", _("consumers")
    OTHER = "other", _("other")


class Committee(models.Model):
    """A mediation committee of three to nine members."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CommitteeKind)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    member_count = models.PositiveSmallIntegerField(_("members"))
    elected_on = models.DateField(_("elected on"))

    class Meta:
        verbose_name = _("mediation committee")
        verbose_name_plural = _("mediation committees")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="cases_committee_members",
                condition=Q(member_count__gte=3, member_count__lte=9),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MediationState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    UNDER_WAY = "under_way", _("under way")
    AGREED = "agreed", _("agreed")
    PERFORMED = "performed", _("agreement performed")
    FAILED = "failed", _("no agreement")
    REFUSED = "refused", _("a party refused")


class Agreement(models.TextChoices):
    WRITTEN = "written", _("written")
    ORAL = "oral", _("oral")


class MediationCase(HoldsNotes):
    """One dispute before a committee."""

    NOT_NOTES: ClassVar = frozenset({"organisation"})
    PROTECTED: ClassVar = {
        "subject": Protected.CASE,
        "organisation": Protected.CASE,
        "agreement_text": Protected.CASE,
        "route_told": Protected.CASE,
    }

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="cases")
    order = models.ForeignKey(
        WorkOrder, on_delete=models.PROTECT, null=True, related_name="mediations"
    )
    subject = models.CharField(_("subject"), max_length=200)
    mediator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mediations"
    )
    party_count = models.PositiveSmallIntegerField(_("parties"), default=2)
    organisation = models.CharField(_("organisation that is a party"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MediationState, default=MediationState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    consented_at = models.DateTimeField(_("all parties consented at"), null=True, blank=True)
    agreement = models.CharField(_("agreement"), max_length=8, choices=Agreement, blank=True)
    agreement_text = models.TextField(_("what was agreed"), blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    perform_by_day = models.DateField(_("to be performed by"), null=True, blank=True)
    performed_at = models.DateTimeField(_("performed at"), null=True, blank=True)
    confirmation_asked_at = models.DateTimeField(
        _("judicial confirmation asked for at"), null=True, blank=True
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    route_told = models.TextField(_("legal routes told"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("mediation case")
        verbose_name_plural = _("mediation cases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="cases_mediation_agreed_has_text",
                condition=~Q(state__in=["agreed", "performed"])
                | ~Q(agreement_text="") & Q(agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_mediation_failed_told_route",
                condition=~Q(state__in=["failed", "refused"]) | ~Q(route_told=""),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
