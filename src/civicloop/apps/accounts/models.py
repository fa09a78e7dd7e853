"""People who work with the platform. Citizens have no account here."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    GUEST = "guest", _("guest")
    OPERATOR = "operator", _("operator")
    DISPATCHER = "dispatcher", _("dispatcher")
    REVIEWER = "reviewer", _("reviewer")
    CALLER_BACK = "caller_back", _("call-back clerk")
    UNIT_CLERK = "unit_clerk", _("unit clerk")
    UNIT_HEAD = "unit_head", _("head of unit")
    MEDIATOR = "mediator", _("mediator")
    PETITION_OFFICER = "petition_officer", _("petition officer")
    MEETING_SECRETARY = "meeting_secretary", _("secretary of joint meetings")
    SUPERVISOR = "supervisor", _("supervisor")
    LEADER = "leader", _("leader")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDIT_ADMIN = "audit_admin", _("audit administrator")


ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})  # never one person
OF_A_UNIT = frozenset({Role.UNIT_CLERK, Role.UNIT_HEAD})  # see the own unit's orders only


class User(AbstractUser):
    """A member of staff, or the demo's read-only guest."""

    password_set_at = models.DateTimeField(_("password set"), null=True, editable=False)
    is_password_given = models.BooleanField(
        _("password given"), default=False, editable=False
    )  # by somebody else: it is changed at the first log-in
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.GUEST)
    unit = models.ForeignKey(
        "places.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit"),
    )  # to which somebody belongs, whatever the role; a clerk or head acts for it

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="accounts_user_of_a_unit",
                condition=~Q(role__in=["unit_clerk", "unit_head"]) | Q(unit__isnull=False),
            ),
        ]


class ExternalLogin(models.Model):
    """As whom somebody of the staff is known to the city's provider of single sign-on."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="external_login")
    issuer = models.CharField(_("issuer"), max_length=200)
    subject = models.CharField(_("subject"), max_length=255)  # the provider's own, never used again
    linked_at = models.DateTimeField(_("linked at"))

    class Meta:
        verbose_name = _("log-in elsewhere")
        verbose_name_plural = _("log-ins elsewhere")
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="accounts_external_login_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
