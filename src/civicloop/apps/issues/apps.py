from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "civicloop.apps.issues"
    label = "issues"
    verbose_name = _("issues")

    def ready(self) -> None:
        from civicloop.apps.intake.signals import words_taken_out

        words_taken_out.connect(_follow_taken_out)


def _follow_taken_out(appeal_ids: list[int], **_more: Any) -> None:  # noqa: ANN401  of a signal
    from civicloop.apps.issues.actions.readings import forget_readings

    forget_readings(appeal_ids)
