"""What everybody may see: cases that a person has published, and who follows one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models.clients import new_open_id
from civicloop.apps.issues.models import Event
from civicloop.apps.places.models import Area
from civicloop.apps.vault.models import Sealed


class PublicState(models.TextChoices):
    HANDLED = "handled", _("being handled")
    SOLVED = "solved", _("solved")


class PublicCase(models.Model):
    """A matter in words that a person has written for the public; never citizens' own words."""

    event = models.ForeignKey(
        Event, on_delete=models.SET_NULL, null=True, related_name="public_cases"
    )
    open_id = models.CharField(
        max_length=32, unique=True, default=new_open_id, editable=False
    )  # by which programs know it: nobody can count the cases or guess the next
    title = models.CharField(_("title"), max_length=100)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # a township or county: nothing nearer is public
    state = models.CharField(
        _("state"), max_length=8, choices=PublicState, default=PublicState.HANDLED
    )
    follower_count = models.PositiveIntegerField(_("followers"), default=0)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(_("published at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("public case")
        verbose_name_plural = _("public cases")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(withdrawn_at=None), name="dispatch_publiccase_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Follower(Sealed):
    """Somebody whom a public case troubles too; counted once, by telephone, e-mail or form."""

    SEALED = ("phone", "email")

    case = models.ForeignKey(
        PublicCase, on_delete=models.PROTECT, related_name="followers", db_index=False
    )
    person_key = models.CharField(max_length=64)
    phone = models.BinaryField(_("telephone"), default=bytes)
    email = models.BinaryField(_("e-mail"), default=bytes)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["case", "person_key"], name="dispatch_follower_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"

    def place_of(self, column: str) -> str:
        return f"dispatch_follower.{column}:{self.case_id}:{self.person_key}"
