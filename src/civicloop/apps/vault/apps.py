from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    name = "civicloop.apps.vault"
    label = "vault"
    verbose_name = _("vault")

    def ready(self) -> None:
        from civicloop.apps.vault.reversing import refuse_to_drop_sealed

        pre_migrate.connect(refuse_to_drop_sealed, sender=self)  # told once, not for each app
