"""Boxes in which units are chosen."""

from collections.abc import Sequence

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise

from civicloop.apps.places.models import Unit
from civicloop.web.requests import is_number


class UnitsField(forms.ModelMultipleChoiceField[Unit]):
    """Several units; a number that no database holds is refused before one is asked."""

    def __init__(
        self,
        *,
        label: str | Promise,
        required: bool = True,
        widget: type[forms.Widget] = forms.SelectMultiple,
    ) -> None:
        super().__init__(Unit.objects.all(), label=label, required=required, widget=widget)

    def clean(self, value: Sequence[str] | None) -> QuerySet[Unit]:
        """The units chosen."""
        for chosen in value or ():
            if not is_number(str(chosen)):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], params={"value": chosen}
                )
        chosen_units: QuerySet[Unit] = super().clean(value)
        return chosen_units
