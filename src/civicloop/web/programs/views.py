"""Programs of channels and their keys: the security administrator's pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.intake.actions.clients import (
    ClientRefusedError,
    add_client,
    channel_known_as,
    revoke_client,
)
from civicloop.apps.intake.models import ApiAction
from civicloop.apps.intake.queries.clients import clients
from civicloop.web.programs.forms import ProgramForm
from civicloop.web.requests import HtmxRequest, actor_of


@require_safe
def programs(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.MANAGE_KEYS)
    rows = [
        {
            "program": client,
            "may": _("; ").join(str(one.label) for one in ApiAction if one in client.actions),
        }
        for client in clients()
    ]
    return render(request, "programs/programs.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def new_program(request: HtmxRequest) -> HttpResponse:
    """Make a key; it is shown in the answer alone."""
    require(request.user, Action.MANAGE_KEYS)
    form = ProgramForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, told = timezone.now(), form.cleaned_data
        try:
            client, key = add_client(
                name=told["name"],
                channel=channel_known_as(told["channel"], now=now),
                actions=[ApiAction(name) for name in told["actions"]],
                hourly_limit=told["hourly_limit"],
                actor=actor_of(request),
                now=now,
            )
        except ClientRefusedError as error:
            form.add_error("name", str(error))
        else:
            return render(request, "programs/key.html", {"program": client, "key": key})
    return render(request, "programs/new_program.html", {"form": form})


@require_POST
def revoke(request: HtmxRequest, client_id: int) -> HttpResponse:
    """End a key; first say what that does."""
    require(request.user, Action.MANAGE_KEYS)
    program = get_object_or_404(clients(), pk=client_id)
    if "confirmed" not in request.POST:
        return render(request, "programs/sure.html", {"program": program})
    try:
        revoke_client(name=program.name, actor=actor_of(request), now=timezone.now())
    except ClientRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The key of %(name)s has ended.") % {"name": program.name})
    return redirect("programs:programs")
