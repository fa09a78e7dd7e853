"""Which appeal was cut out of which: one message that both complains and reports a wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models.appeals import Appeal


class SplitOff(models.Model):
    """A complaint that goes its own way; the report that it was told with is not seen from it."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, primary_key=True, related_name="split_from"
    )
    origin = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="split_off")

    class Meta:
        verbose_name = _("part of a message")
        verbose_name_plural = _("parts of messages")

    def __str__(self) -> str:
        return f"{self.appeal_id} of {self.origin_id}"
