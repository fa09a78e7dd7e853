"""Who works here: the security administrator's pages."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civicloop.apps.accounts.actions import (
    AccountRefusedError,
    change_account,
    open_account,
    remove_factors,
    renew_password,
)
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.accounts.policy import Action, needs_second_factor, require
from civicloop.apps.accounts.queries import accounts
from civicloop.web.people.forms import ROLES, AccountForm, NewAccountForm
from civicloop.web.requests import HtmxRequest, actor_of

PAGE_SIZE = 50


@require_safe
def people(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.MANAGE_ACCOUNTS)
    words, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    found = accounts(words=words, role=role if role in Role else "")
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "role": role,
        "roles": ROLES,
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "POST"])
def new_account(request: HtmxRequest) -> HttpResponse:
    """Make an account; its first password is shown once."""
    require(request.user, Action.MANAGE_ACCOUNTS)
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = open_account(
                username=form.cleaned_data["username"],
                content=form.content(),
                actor=actor_of(request),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _shown_once(request, user, password)
    return render(request, "people/new_account.html", {"form": form})


@require_http_methods(["GET", "POST"])
def account(request: HtmxRequest, user_id: int) -> HttpResponse:
    """Change or close an account."""
    require(request.user, Action.MANAGE_ACCOUNTS)
    user = get_object_or_404(accounts(), pk=user_id)
    known = {
        "full_name": user.get_full_name(), "role": user.role, "unit": user.unit_id,
        "is_active": user.is_active,
    }  # fmt: skip
    form = AccountForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_account(
                user_id=user.pk, content=form.content(), actor=actor_of(request), now=timezone.now()
            )
        except (AccountRefusedError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("%(user)s is saved.") % {"user": user.username})
            return redirect("people:people")
    context = {
        "form": form,
        "person": user,
        "is_own": user.pk == actor_of(request).pk,
        "needs_factor": needs_second_factor(user),
    }
    return render(request, "people/account.html", context)


@require_POST
def renew(request: HtmxRequest, user_id: int) -> HttpResponse:
    """A new first password for somebody who forgot theirs; first say what it ends."""
    require(request.user, Action.MANAGE_ACCOUNTS)
    user = get_object_or_404(User, pk=user_id)
    if "confirmed" not in request.POST:
        context = {
            "person": user,
            "title": _("Give a new first password"),
            "words": _("The password of now ends, and the person is logged out everywhere."),
            "yes": _("Give it"),
        }
        return render(request, "people/sure.html", context)
    try:
        password = renew_password(user_id=user.pk, actor=actor_of(request), now=timezone.now())
    except AccountRefusedError as error:
        messages.error(request, str(error))
        return redirect("people:account", user_id)
    return _shown_once(request, user, password)


@require_POST
def drop_factors(request: HtmxRequest, user_id: int) -> HttpResponse:
    """Take away the factors of somebody who lost telephone and key; first ask who it is."""
    require(request.user, Action.MANAGE_ACCOUNTS)
    user = get_object_or_404(User, pk=user_id)
    if "confirmed" not in request.POST:
        context = {
            "person": user,
            "title": _("Remove the second factor"),
            "words": _(
                "Whoever knows the password can then add a factor of their own. Did you make sure"
                " that it is them: telephoned back, or met?"
            ),
            "yes": _("It is them: remove it"),
        }
        return render(request, "people/sure.html", context)
    try:
        count = remove_factors(user_id=user_id, actor=actor_of(request), now=timezone.now())
    except AccountRefusedError as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(count)s factor removed.", "%(count)s factors removed.", count)
        messages.success(request, words % {"count": count})
    return redirect("people:account", user_id)


def _shown_once(request: HtmxRequest, user: User, password: str) -> HttpResponse:
    context = {"person": user, "password": password}
    return render(request, "people/first_password.html", context)
