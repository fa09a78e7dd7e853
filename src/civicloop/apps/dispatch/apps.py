from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "civicloop.apps.dispatch"
    label = "dispatch"
    verbose_name = _("dispatch")

    def ready(self) -> None:
        from civicloop.apps.clocks.signals import clocks_recounted
        from civicloop.apps.dispatch.actions.telling_followers import register_ways_to_followers

        register_ways_to_followers()

        clocks_recounted.connect(_follow_recount)


def _follow_recount(**told: Any) -> None:  # noqa: ANN401  of a signal
    from civicloop.apps.dispatch.actions.limits import follow_recount

    follow_recount(told["moved"], actor=told["actor"], now=told["now"])
