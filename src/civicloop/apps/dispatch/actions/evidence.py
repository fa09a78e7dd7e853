"""Pictures and papers of the handling: written anew or looked through before they are kept."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.handling import SIGNED_FOR, own_party, refuse_unless_in
from civicloop.apps.dispatch.actions.moving import Step, StepRefusedError, lock_order, note_step
from civicloop.apps.dispatch.models import Evidence, WorkOrder
from civicloop.connectors import papers
from civicloop.connectors.papers import BEGINNING, Paper, RefusedPaperError, check_paper
from civicloop.connectors.pictures import (
    MOST_BYTES,
    Picture,
    Refusal,
    RefusedPictureError,
    rewrite_picture,
)

PDF = "application/pdf"
MOST_PICTURES = 30  # and papers of one order that are not removed
LONGEST_NAME = 100
REFUSALS: Mapping[Refusal, Promise] = {
    Refusal.EMPTY: gettext_lazy("The file is empty."),
    Refusal.TOO_LARGE: gettext_lazy("The file is larger than 10 MB."),
    Refusal.TOO_MANY_PIXELS: gettext_lazy("The picture has more than 40 million pixels."),
    Refusal.UNREADABLE: gettext_lazy(
        "This is not a picture that can be opened: send JPEG, PNG or WebP, or a PDF."
    ),
    Refusal.HEIC: gettext_lazy(
        "This server cannot open HEIC pictures: send JPEG. On an iPhone choose Settings, Camera, "
        "Formats, Most Compatible, or send it from the browser, which makes it JPEG."
    ),
    Refusal.TOO_COSTLY: gettext_lazy("The picture could not be read; send a plain photograph."),
}
PAPER_REFUSALS: Mapping[papers.Refusal, Promise] = {
    papers.Refusal.TOO_LARGE: gettext_lazy("The file is larger than 10 MB."),
    papers.Refusal.BROKEN: gettext_lazy("The PDF is damaged or not whole: save or scan it again."),
    papers.Refusal.SEALED: gettext_lazy(
        "The PDF is protected by a password: save it without one, or send pictures of its pages."
    ),
    papers.Refusal.ACTIVE: gettext_lazy(
        "The PDF holds a program, a form, a film or another file: print it to a new PDF and send that."
    ),
    papers.Refusal.TOO_COSTLY: gettext_lazy(
        "The PDF could not be looked through; send pictures of its pages."
    ),
}


def read_evidence(file: IO[bytes]) -> Picture | Paper:
    """The picture written anew, or the paper looked through; outside any transaction: it takes seconds.

    Raises:
        StepRefusedError: it cannot be taken; the argument says why.
    """
    content = file.read(MOST_BYTES + 1)
    try:
        return check_paper(content) if content.startswith(BEGINNING) else rewrite_picture(content)
    except RefusedPictureError as error:
        raise StepRefusedError(str(REFUSALS[error.refusal])) from None
    except RefusedPaperError as error:
        raise StepRefusedError(str(PAPER_REFUSALS[error.refusal])) from None


@transaction.atomic
def add_evidence(
    *,
    order_id: int,
    kept: Picture | Paper,
    name: str,
    actor: User,
    now: datetime,
    seen_version: int | None = None,
) -> Evidence:
    """Keep a picture that was written anew, or a paper, for an order of the actor's unit."""
    order = lock_order(order_id, seen_version=seen_version)
    party = own_party(order, actor)
    refuse_unless_in(order, SIGNED_FOR)
    if order.evidence.filter(removed_at=None).count() >= MOST_PICTURES:
        raise StepRefusedError(
            _("The order has %(count)d pieces of evidence already.") % {"count": MOST_PICTURES}
        )
    ending, media_type = ("pdf", PDF) if isinstance(kept, Paper) else ("jpg", "image/jpeg")
    evidence = Evidence(
        order=order,
        unit_id=party.unit_id,
        name=plain_name(name, ending=ending),
        media_type=media_type,
        sha256=hashlib.sha256(kept.content).hexdigest(),
        size_bytes=len(kept.content),
        added_by=actor,
        added_at=now,
    )
    evidence.file.save(f"{uuid4().hex}.{ending}", ContentFile(kept.content), save=True)
    step = Step(name="add_evidence", actor=actor, now=now, details={"sha256": evidence.sha256})
    note_step(order=order, step=step)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, actor: User, now: datetime) -> WorkOrder:
    """Show a picture or paper no longer; the file stays, for the history names it."""
    order = lock_order(evidence.order_id)
    party = own_party(order, actor)
    refuse_unless_in(order, SIGNED_FOR)
    if party.unit_id != evidence.unit_id:
        raise StepRefusedError(_("Another unit added this."))
    evidence.removed_at = now
    evidence.save(update_fields=["removed_at"])
    step = Step(name="remove_evidence", actor=actor, now=now, details={"sha256": evidence.sha256})
    return note_step(order=order, step=step)


def plain_name(name: str, *, ending: str = "jpg") -> str:
    """A name to show and to save under: no folders, nothing unprintable, and its true ending."""
    bare = PureWindowsPath(PurePosixPath(name).name).stem
    kept = "".join(letter for letter in bare if letter.isprintable() and letter not in '"<>|:*?')
    return f"{kept.strip('. ')[:LONGEST_NAME] or 'picture'}.{ending}"
