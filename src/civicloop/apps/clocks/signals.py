"""What the apps whose clocks these are can listen to."""

from django.dispatch import Signal

clocks_recounted = Signal()  # moved: list[Recounted], actor: User | None, now: datetime
