"""What was taken away of an appeal because the time to keep it was over."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models.appeals import Appeal


class Redaction(models.Model):
    """An appeal whose citizen cannot be told any more, wholly or in part."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.CASCADE, primary_key=True, related_name="redaction"
    )
    masked_at = models.DateTimeField(_("masked at"))
    forgotten_at = models.DateTimeField(_("forgotten at"), null=True)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.masked_at}"
