"""How values are written in answers."""

from datetime import datetime

from django.utils import timezone


def written_moment(moment: datetime) -> str:
    """With the offset from UTC, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds")
