"""Boxes in which units are chosen."""

from collections.abc import Sequence
from typing import Any

from django import forms

from civicloop.apps.places.models import Unit
from civicloop.web.requests import is_number


class UnitsField(forms.ModelMultipleChoiceField[Unit]):
    """Several units; a number that no database holds is refused before one is asked."""

    def __init__(self, **about: Any) -> None:
        super().__init__(Unit.objects.all(), **about)

    def clean(self, value: Sequence[str] | None) -> Any:
        """The units chosen; Any, as Django's own field has it."""
        for chosen in value or ():
            if not is_number(str(chosen)):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], params={"value": chosen}
                )
        return super().clean(value)
