"""Whom the centre calls back: everybody where it matters, a fixed share of the rest.

The choice depends on the order and its round alone, so a job that is run again chooses the same.
"""

from hashlib import sha256

from civicloop.apps.dispatch.models import Urgency, WorkOrder
from civicloop.apps.intake.models import Kind

SHARE_CALLED_BACK = 1.0  # of ordinary orders; a city with more orders than clerks lowers it
ALWAYS_CALLED_BACK = frozenset({Kind.COMPLAINT, Kind.HELP, Kind.REPORT})


def is_sampled(order: WorkOrder, *, share: float = SHARE_CALLED_BACK) -> bool:
    """Whether the citizen is to be asked about this round."""
    matters = (
        order.round > 1
        or order.supervision_level > 0
        or order.urgency != Urgency.GENERAL
        or order.kind in ALWAYS_CALLED_BACK
    )
    return matters or _draw(order) < share


def _draw(order: WorkOrder) -> float:
    """A number from 0 up to 1 that this order and round always draw."""
    digest = sha256(f"{order.pk}:{order.round}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
