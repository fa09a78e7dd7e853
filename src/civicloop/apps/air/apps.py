from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from civicloop.apps.append_guards import guard_after_migrating


class AirConfig(AppConfig):
    name = "civicloop.apps.air"
    label = "air"
    verbose_name = _("air quality")

    def ready(self) -> None:
        guard_after_migrating(self)
