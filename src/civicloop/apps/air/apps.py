from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AirConfig(AppConfig):
    name = "civicloop.apps.air"
    label = "air"
    verbose_name = _("air quality")
