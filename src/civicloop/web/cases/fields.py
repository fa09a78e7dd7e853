"""Fields that several forms of cases share."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.visibility import order_by_number
from civicloop.apps.places.models import Area, AreaLevel, Unit
from civicloop.web.cases.offered import CaseForm

SHORT, LONG = {"rows": 2}, {"rows": 6}


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class PersonField(forms.ModelChoiceField[User]):
    """A member of staff by name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.username


def people(*roles: Role) -> "forms.ModelChoiceField[User]":
    """Choose among the staff of some roles."""
    staff = User.objects.filter(role__in=roles, is_active=True).order_by("username")
    labels = {Role.LEADER: gettext_lazy("Leader"), Role.MEDIATOR: gettext_lazy("Mediator")}
    return PersonField(staff, label=labels[roles[0]])


def area() -> "forms.ModelChoiceField[Area]":
    """Choose an area down to a township or street."""
    return forms.ModelChoiceField(
        Area.objects.exclude(level=AreaLevel.VILLAGE), label=gettext_lazy("Area")
    )


def unit(label: object) -> "forms.ModelChoiceField[Unit]":
    return forms.ModelChoiceField(Unit.objects.all(), label=str(label))


class OrderForm(CaseForm):
    """Names a work order by its number, or none."""

    order = forms.CharField(
        label=gettext_lazy("Number of the work order"), max_length=26, required=False
    )

    def clean_order(self) -> WorkOrder | None:
        """The order that the user may see; nothing written is none."""
        number = self.cleaned_data["order"]
        if not number:
            return None
        found = order_by_number(self.user, number)
        if found is None:
            raise forms.ValidationError(_("You see no work order of this number."))
        return found
