"""Go to an order by its number, or to what is searched, from every page."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.dispatch.models.orders import NUMBER_DAY_DIGITS
from civicloop.apps.dispatch.queries.order_page import find_order
from civicloop.web.requests import HtmxRequest, actor_of

NUMBER = re.compile(rf"\d{{{NUMBER_DAY_DIGITS}}}(\d{{7,10}})")


@require_safe
def go(request: HtmxRequest) -> HttpResponse:
    """The order of a number, else the appeals with these words; nothing asked: the box."""
    asked = " ".join(request.GET.get("q", "").split())
    if not asked:
        return render(request, "palette/go.html")
    number = NUMBER.fullmatch(asked)
    order = find_order(int(number[1]), actor_of(request)) if number else None
    if order is not None and order.number == asked:
        return redirect("dispatch:order", order.pk)
    if may(request.user, Action.VIEW_APPEALS):
        return redirect(f"{reverse('intake:appeal_list')}?{urlencode({'q': asked})}")
    messages.error(request, _("You see no work order of this number."))
    return redirect("home")
