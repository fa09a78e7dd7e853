"""What a citizen said in a report or in confidence, as it was said: sealed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.vault.models import Sealed

SPOKEN = ("subject", "text", "address")  # the citizen's own columns of an appeal


class SealedWords(Sealed):
    """The words of a sensitive appeal with the persons and homes that its own columns do not have.

    A column is empty where the appeal's own says all. There is a record only where something is hidden.
    """

    SEALED = SPOKEN

    appeal = models.OneToOneField(
        "intake.Appeal", on_delete=models.CASCADE, primary_key=True, related_name="sealed_words"
    )
    subject = models.BinaryField(_("subject"), default=bytes)
    text = models.BinaryField(_("text"), default=bytes)
    address = models.BinaryField(_("address"), default=bytes)

    class Meta:
        verbose_name = _("sealed words")
        verbose_name_plural = _("sealed words")

    def __str__(self) -> str:
        return f"{self.appeal_id}"  # never what is in it
