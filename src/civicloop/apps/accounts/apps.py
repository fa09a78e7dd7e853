from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "civicloop.apps.accounts"
    label = "accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        from civicloop.apps.accounts import logins  # noqa: F401  its receivers listen from now on
