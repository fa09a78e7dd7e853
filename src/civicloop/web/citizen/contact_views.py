"""The hotline looks up how to reach a citizen."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from civicloop.apps.accounts.policy import Action, may, require
from civicloop.apps.intake.actions.revealing import reveal_contact
from civicloop.apps.intake.models import Appeal
from civicloop.web.requests import actor_of

LONGEST_REASON = 200


@require_POST
@never_cache
def contact(request: HttpRequest, appeal_id: int) -> HttpResponse:
    """Show the contact for a reason; what is confidential only to those who dispatch."""
    require(request.user, Action.SEE_CONTACTS)
    found = Appeal.objects.select_related("registration").filter(contact__isnull=False)
    appeal = get_object_or_404(found, pk=appeal_id)
    if appeal.registration.is_confidential and not may(request.user, Action.DISPATCH_ORDERS):
        raise PermissionDenied
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]
    details = None
    if reason:
        details = reveal_contact(
            appeal=appeal, reason=reason, actor=actor_of(request), now=timezone.now()
        )
    return render(request, "citizen/contact.html", {"appeal": appeal, "details": details})
