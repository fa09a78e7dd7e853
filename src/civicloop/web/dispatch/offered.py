"""How a step of an order is offered on its page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action
from civicloop.apps.dispatch.models import WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who takes a step when, having looked at which version."""

    order_id: int
    actor: User
    now: datetime
    seen_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStepForm:
    """A step as the page offers it; `done` is said once it is taken."""

    title: Promise
    done: Promise
    action: Action
    form: type[forms.Form]
    take: Callable[[Any, Who], object]  # Any: the step's own form
    key: str = ""
    choice: str = ""  # the field whose answers are the form's buttons
    initial: Callable[[WorkOrder], dict[str, Any]] | None = None  # what stands in it at first
    is_checked: bool = False  # a reply, read by the machine before it is sent

    @property
    def drafts(self) -> bool:
        """Whether something is to be written that is kept while it is: all that has a large box."""
        fields = self.form.base_fields.values()
        return any(isinstance(field.widget, forms.Textarea) for field in fields)


def by(who: Who) -> dict[str, Any]:
    """The arguments that every step's action takes."""
    return {
        "order_id": who.order_id,
        "actor": who.actor,
        "now": who.now,
        "seen_version": who.seen_version,
    }
