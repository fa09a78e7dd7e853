import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import KINDS

MOBILE = re.compile(r"\+?[0-9]{8,15}")


def _kind_choices() -> list[tuple[str, object]]:
    return [(kind.code, kind.label) for kind in KINDS.values()]


class PreferenceForm(forms.Form):
    """By which ways a person wants to be told of what."""

    email = forms.EmailField(label=_("E-mail"), required=False)
    mobile = forms.CharField(label=_("Mobile number"), required=False, max_length=20)
    language = forms.ChoiceField(label=_("Language of messages"), choices=settings.LANGUAGES)
    by_email = forms.MultipleChoiceField(
        label=_("By e-mail"),
        required=False,
        choices=_kind_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    by_sms = forms.MultipleChoiceField(
        label=_("By SMS"),
        required=False,
        choices=_kind_choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_mobile(self) -> str:
        number: str = self.cleaned_data["mobile"].replace(" ", "").replace("-", "")
        if number and not MOBILE.fullmatch(number):
            raise ValidationError(_("A number has 8 to 15 digits, with a + before it or not."))
        return number

    def clean(self) -> None:
        super().clean()
        wants = [("by_email", "email"), ("by_sms", "mobile")]
        for kinds, address in wants:
            if self.cleaned_data.get(kinds) and not self.cleaned_data.get(address, "-"):
                self.add_error(address, _("Without it nothing can be sent."))
