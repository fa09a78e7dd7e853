"""What staff are told, and by which ways they want to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import KINDS, label_of


class Notice(models.Model):
    """One thing that one person is told, once for each key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=150)
    reference = models.CharField(_("reference"), max_length=80)
    params = models.JSONField(_("values"), default=dict)
    link = models.CharField(_("link"), max_length=300)  # a path of this site
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
            models.CheckConstraint(condition=Q(link__startswith="/"), name="notice_link_is_ours"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def label(self) -> str:
        """What it is about, in the reader's language."""
        return label_of(self.kind)

    @property
    def words(self) -> str:
        """The notice in the reader's language."""
        if self.kind not in KINDS:
            return f"{self.kind} {self.reference}".strip()
        return str(KINDS[self.kind].words) % {**self.params, "reference": self.reference}


class NoticePreference(models.Model):
    """Of which kinds a person wants to hear outside of the site; without a row, of none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    by_email = models.JSONField(_("by e-mail"), default=list)  # codes of kinds
    by_sms = models.JSONField(_("by SMS"), default=list)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")

    def __str__(self) -> str:
        return f"{self.user}"
