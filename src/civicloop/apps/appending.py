"""Rows that are written once: what was known on a day can always be asked for again."""

from typing import Any, ClassVar

from django.db import models


class AppendOnlyError(TypeError):
    """A row that only ever stands beside newer ones was to be changed or removed."""


class AppendOnly(models.Model):
    """Written once; a revision is a row of its own. `append_guards` has the database see to it."""

    is_written_once: ClassVar = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if self.pk is not None:
            raise AppendOnlyError(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:  # noqa: ARG002
        raise AppendOnlyError(type(self).__name__)
