from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "civicloop.apps.cases"
    label = "cases"
    verbose_name = _("cases")

    def ready(self) -> None:
        from civicloop.apps.cases.visibility import orders_of_own_cases
        from civicloop.apps.clocks.signals import clocks_recounted
        from civicloop.apps.dispatch.visibility import CASES

        CASES.append(orders_of_own_cases)
        clocks_recounted.connect(_follow_recount)


def _follow_recount(**told: Any) -> None:  # noqa: ANN401  of a signal
    from civicloop.apps.cases.actions.recounting import follow_recount

    follow_recount(told["moved"], actor=told["actor"], now=told["now"])
