"""A step that somebody wants a work order to take, and why it may be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json
from civicloop.apps.dispatch.models import CloseType, OrderStep, WorkOrder


class StepRefusedError(Exception):
    """The step is not allowed; the argument says why, in the reader's language."""


class StaleOrderError(Exception):
    """Somebody else has moved the order since the actor read it; `steps` says who did what."""

    def __init__(self, order: WorkOrder, steps: Sequence[OrderStep]) -> None:
        super().__init__(_("The order has changed since you opened it."))
        self.order = order
        self.steps = steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that somebody wants an order to take.

    `seen_version` is the order's version that the actor looked at; None where no person looked.
    """

    name: str
    actor: User | None
    now: datetime
    seen_version: int | None = None
    reason: str = ""
    note: str = ""
    close_type: CloseType | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
