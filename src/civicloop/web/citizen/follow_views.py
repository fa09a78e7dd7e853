from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from civicloop.apps.dispatch.actions.public_cases import follow_case
from civicloop.apps.dispatch.actions.telling_followers import ways_to_followers
from civicloop.apps.dispatch.queries.public_cases import public_cases
from civicloop.apps.intake.actions.tallies import count_try
from civicloop.web.citizen.forms import FollowForm
from civicloop.web.citizen.pages import (
    address_of,
    citizen_page,
    errors_of,
    reports_from_an_address,
    send_again,
)
from civicloop.web.citizen.tokens import (
    UnusableTokenError,
    new_token,
    read_token,
    refuse_unless_timely,
)


@citizen_page
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """A published case; who has the same trouble follows it instead of reporting it again."""
    found = get_object_or_404(public_cases(), pk=case_id)
    now = timezone.now()
    form = FollowForm(request.POST or None)
    token = request.POST.get("token", "") or new_token(now)
    context = {"case": found, "form": form, "errors": errors_of(form), "is_done": False}
    context["ways"] = ways_to_followers()
    if request.method == "POST" and form.is_valid():
        try:
            refuse_unless_timely(token, now=now)
        except UnusableTokenError:
            token = new_token(now)
            context["errors"] = [send_again()]
        else:
            count_try(limit=reports_from_an_address(), whom=address_of(request), now=now)
            said = form.cleaned_data
            context["is_new"] = follow_case(
                case=found,
                phone=said["phone"],
                email=said["email"],
                token=read_token(token),
                now=now,
            )
            context["is_done"] = True
            found.refresh_from_db(fields=["follower_count"])
    return render(request, "citizen/case.html", {**context, "token": token})
