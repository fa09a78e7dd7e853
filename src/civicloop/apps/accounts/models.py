"""People who work with the platform. Citizens have no account here."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    GUEST = "guest", _("guest")
    OPERATOR = "operator", _("operator")
    DISPATCHER = "dispatcher", _("dispatcher")
    SUPERVISOR = "supervisor", _("supervisor")
    ADMINISTRATOR = "administrator", _("administrator")


class User(AbstractUser):
    """A member of staff, or the demo's read-only guest."""

    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.GUEST)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
