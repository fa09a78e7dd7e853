from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from civicloop.apps.append_guards import guard_after_migrating


class IndicatorsConfig(AppConfig):
    name = "civicloop.apps.indicators"
    label = "indicators"
    verbose_name = _("indicators")

    def ready(self) -> None:
        guard_after_migrating(self)
