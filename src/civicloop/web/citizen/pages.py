"""What the citizen's views share: who asks, the refusal of too many, errors as GOV.UK lists them."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from civicloop.apps.intake.actions.tallies import Limit, TooManyTriesError, network_of

TOO_MANY, GONE = 429, 404
View = Callable[..., HttpResponse]


class FormError(NamedTuple):
    """A refusal with the field that it leads to."""

    field_id: str
    words: str


def citizen_page(view: View) -> View:
    """For everybody, kept by no cache, its words in no error report; says what is gone or too often."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        try:
            return view(request, *args, **options)
        except TooManyTriesError as error:
            return render(request, "citizen/too_many.html", {"until": error.until}, status=TOO_MANY)
        except Http404:
            return render(request, "citizen/gone.html", status=GONE)

    return login_not_required(never_cache(sensitive_post_parameters()(page)))


def errors_of(*asked: forms.Form) -> list[FormError]:
    """Every refusal, in the order of the fields."""
    return [
        FormError(_field_id(form, name), str(words))
        for form in asked
        for name, found in form.errors.items()
        for words in found
    ]


def _field_id(form: forms.Form, name: str) -> str:
    """Where an error leads to; of a choice the whole group, which has no label of its own."""
    return (form[name].id_for_label or form[name].auto_id) if name in form.fields else ""


def address_of(request: HttpRequest) -> str:
    """By what tries are counted; what a request says of itself is not believed."""
    return network_of(str(request.META.get("REMOTE_ADDR", "")))


def reports_from_an_address() -> Limit:
    return Limit(
        name="reports from an address", most=settings.REPORTS_PER_HOUR, within=timedelta(hours=1)
    )


def send_again() -> FormError:
    return FormError("", _("Please look at the page once more and send it again."))


def sent_before(number: str) -> FormError:
    """To whoever went back to a report that is kept, changed it and sent it again."""
    words = _(
        "You have sent this report already: it is number %(number)s. What you changed since is not "
        "kept. Add it under “Follow your report”, or begin a new report."
    )
    return FormError("", words % {"number": number})
