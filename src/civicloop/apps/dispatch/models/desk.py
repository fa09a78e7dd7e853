"""What an operator is writing down while the citizen talks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.vault.models import Sealed


class _Written(Sealed):
    """What was written in the form; a call that is parked or taken up again keeps its seal."""

    SEALED = ("answers",)

    answers = models.BinaryField(_("what was written"))

    class Meta:
        abstract = True

    def place_of(self, column: str) -> str:
        return f"dispatch_deskdraft.{column}:{self.user_id}"  # type: ignore[attr-defined]


class DeskDraft(_Written):
    """The form of one operator's call, not registered yet; sealed, for it tells who is calling."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of the desk")
        verbose_name_plural = _("drafts of the desk")

    def __str__(self) -> str:
        return f"{self.user_id}"  # never what is in it


class ParkedCall(_Written):
    """A call that its operator laid aside for another one; sealed as the draft that it was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    parked_at = models.DateTimeField(_("parked at"))

    class Meta:
        verbose_name = _("parked call")
        verbose_name_plural = _("parked calls")

    def __str__(self) -> str:
        return f"{self.user_id} {self.parked_at:%H:%M}"  # never what is in it
