"""What an operator is writing down while the citizen talks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskDraft(models.Model):
    """The form of one operator's call, not registered yet; sealed, for it tells who is calling."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    key_id = models.CharField(max_length=16)  # of the key that sealed it
    answers = models.BinaryField(_("what was written"))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of the desk")
        verbose_name_plural = _("drafts of the desk")

    def __str__(self) -> str:
        return f"{self.user_id}"  # never what is in it


class ParkedCall(models.Model):
    """A call that its operator laid aside for another one; sealed as the draft that it was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key_id = models.CharField(max_length=16)  # of the key that sealed it
    answers = models.BinaryField(_("what was written"))
    parked_at = models.DateTimeField(_("parked at"))

    class Meta:
        verbose_name = _("parked call")
        verbose_name_plural = _("parked calls")

    def __str__(self) -> str:
        return f"{self.user_id} {self.parked_at:%H:%M}"  # never what is in it
