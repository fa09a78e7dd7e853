from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "civicloop.apps.notices"
    label = "notices"
    verbose_name = _("notices")

    def ready(self) -> None:
        from civicloop.apps.notices.senders import register_senders

        register_senders()
        autodiscover_modules("notice_kinds")
