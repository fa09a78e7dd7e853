"""What the same-event engine keeps of the appeals it has looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Appeal


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
