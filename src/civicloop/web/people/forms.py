from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.actions import AccountContent
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.places.models import Unit

ROLES = [(role.value, role.label) for role in Role if role != Role.GUEST]


class AccountForm(forms.Form):
    """What is said of an account."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    unit = forms.ModelChoiceField(
        Unit.objects.order_by("code"), label=gettext_lazy("Unit"), required=False,
        empty_label=gettext_lazy("belongs to no unit"),
        help_text=gettext_lazy(
            "A clerk or head acts for it. Anybody who belongs to a unit finds nothing that reports it, whatever the role."
        ),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("may log in"), required=False, initial=True)

    def content(self) -> AccountContent:
        """What was filled in."""
        unit = self.cleaned_data["unit"]
        return AccountContent(
            full_name=self.cleaned_data["full_name"],
            role=Role(self.cleaned_data["role"]),
            unit_id=unit.pk if unit else None,
            is_active=self.cleaned_data["is_active"],
        )


class NewAccountForm(AccountForm):
    """The same, with the name to log in by."""

    username = forms.CharField(
        label=gettext_lazy("Name to log in with"), max_length=150,
        validators=[UnicodeUsernameValidator()],
    )  # fmt: skip
    field_order = ["username"]

    def clean_username(self) -> str:
        """A name that nobody has yet."""
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(gettext_lazy("Somebody has this name already."))
        return username
