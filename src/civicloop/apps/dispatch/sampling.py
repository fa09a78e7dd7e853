"""Whom the centre calls back and whose reply a person reviews: all that matter, a share of the rest.

A city with more orders than clerks lowers SHARE_CALLED_BACK or SHARE_REVIEWED of the settings. The choice depends on the order and its round alone, so a job that is run again chooses the same.
"""

from hashlib import sha256

from civicloop.apps.dispatch.models import ReplyClaim, Urgency, WorkOrder
from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.models import ReplyVerdict

ALWAYS_CALLED_BACK = frozenset({Kind.COMPLAINT, Kind.HELP, Kind.REPORT})

PASS_BY_RULE = frozenset({ReplyClaim.SOLVED, ReplyClaim.EXPLAINED})


def is_sampled(order: WorkOrder, *, share: float) -> bool:
    """Whether the citizen is to be asked about this round."""
    matters = (
        order.round > 1
        or order.supervision_level > 0
        or order.urgency != Urgency.GENERAL
        or order.kind in ALWAYS_CALLED_BACK
    )
    return matters or _draw(order) < share


def needs_reviewer(order: WorkOrder, verdict: ReplyVerdict, *, share: float) -> bool:
    """Whether a person must look at the reply: whenever anything speaks against it, else by draw."""
    matters = (
        verdict != ReplyVerdict.ANSWERS
        or order.claim not in PASS_BY_RULE
        or order.kind == Kind.REPORT
        or order.is_sensitive
        or order.is_confidential
        or order.round > 1
        or order.return_count > 0
        or order.supervision_level > 0
        or order.urgency != Urgency.GENERAL
    )
    return matters or _draw(order, "review") < share


def _draw(order: WorkOrder, purpose: str = "") -> float:
    """A number from 0 up to 1 that this order and round always draw for a purpose."""
    digest = sha256(f"{order.pk}:{order.round}{purpose}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
