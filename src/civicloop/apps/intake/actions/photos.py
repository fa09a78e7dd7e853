"""Photographs that a citizen sends along with an appeal."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal, AppealPhoto
from civicloop.connectors.pictures import (
    MOST_BYTES,
    Picture,
    Refusal,
    RefusedPictureError,
    rewrite_picture,
)

MOST_PHOTOS = 3
NOT_OPENED = gettext_lazy(
    "One of the photographs cannot be opened. Choose another one, or send the report without."
)
TOO_LARGE = gettext_lazy(
    "One of the photographs is larger than 10 MB. Choose a smaller one, or send the report without."
)
REFUSALS: Mapping[Refusal, Promise] = {
    **dict.fromkeys(Refusal, NOT_OPENED),
    Refusal.TOO_LARGE: TOO_LARGE,
    Refusal.TOO_MANY_PIXELS: TOO_LARGE,
}


class PhotoRefusedError(ValueError):
    """A photograph cannot be kept; the message tells the citizen what to do."""


def read_photos(files: Iterable[IO[bytes]]) -> list[Picture]:
    """The photographs written anew; outside any transaction, for it takes seconds.

    Raises:
        PhotoRefusedError: one of them cannot be taken.
    """
    try:
        return [rewrite_picture(file.read(MOST_BYTES + 1)) for file in files]
    except RefusedPictureError as error:
        raise PhotoRefusedError(str(REFUSALS[error.refusal])) from None


@transaction.atomic(savepoint=False)
def keep_photos(*, appeal: Appeal, pictures: Sequence[Picture], now: datetime) -> None:
    """Keep the photographs of an appeal that is being registered; its audit event names the appeal."""
    for picture in pictures[:MOST_PHOTOS]:
        photo = AppealPhoto(
            appeal=appeal,
            sha256=hashlib.sha256(picture.content).hexdigest(),
            size_bytes=len(picture.content),
            added_at=now,
        )
        photo.file.save(f"{uuid4().hex}.jpg", ContentFile(picture.content), save=True)


@transaction.atomic
def note_photo_seen(photo: AppealPhoto, *, actor: User, now: datetime) -> None:
    """Whoever looks at what a citizen photographed leaves an event."""
    record_event(
        action="photo_seen",
        object_type="appeal",
        object_id=photo.appeal_id,
        actor=actor,
        now=now,
        details={"photo": photo.pk},
    )
