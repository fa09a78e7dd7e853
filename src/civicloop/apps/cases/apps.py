from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "civicloop.apps.cases"
    label = "cases"
    verbose_name = _("cases")

    def ready(self) -> None:
        from civicloop.apps.cases.visibility import orders_of_own_cases
        from civicloop.apps.dispatch.visibility import CASES

        CASES.append(orders_of_own_cases)
