# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`, its records `_default_manager`
"""Seal everything anew with the key in use: in small transactions, by whoever begins, as often as it takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import router, transaction
from django.db.models import QuerySet

from civicloop.apps.vault.keys import key_in_use, keys
from civicloop.apps.vault.models import Sealed
from civicloop.apps.vault.sealing import SealBrokenError

BATCH = 500


@dataclass(slots=True)
class Rotated:
    """What a rotation came to."""

    sealed_count: int = 0
    broken: list[str] = field(default_factory=list)  # records that do not open: left as they are


def sealed_models() -> Iterator[type[Sealed]]:
    """Every table with sealed columns."""
    return (model for model in apps.get_models() if issubclass(model, Sealed))


def count_old() -> int:
    """How many records are sealed with a key that is not the one in use."""
    return sum(_old(model).count() for model in sealed_models())


def count_without_key() -> int:
    """How many records are sealed with a key that is not at hand."""
    at_hand = keys().keys()
    return sum(
        model._default_manager.exclude(key_id__in=at_hand).count() for model in sealed_models()
    )


def rotate(*, progress: Callable[[int], None] | None = None) -> Rotated:
    """Seal with the key in use what is sealed with another; may be ended at any moment and begun again."""
    done = Rotated()
    for model in sealed_models():
        last = None
        while records := _rotate_batch(model, last, done):
            last = records[-1].pk
            if progress:
                progress(done.sealed_count)
    return done


def _old(model: type[Sealed]) -> QuerySet[Any]:
    return model._default_manager.exclude(key_id=key_in_use())


def _rotate_batch(model: type[Sealed], last: Any, done: Rotated) -> list[Sealed]:  # noqa: ANN401 -- a key
    sealed, columns = [], ("key_id",)
    with transaction.atomic(using=router.db_for_write(model)):
        waiting = _old(model) if last is None else _old(model).filter(pk__gt=last)
        records = list(waiting.select_for_update().order_by("pk")[:BATCH])
        for record in records:
            try:
                columns = record.seal_again()
            except SealBrokenError as error:
                done.broken.append(f"{model._meta.db_table} {record.pk}: {error}")
            else:
                sealed.append(record)
        model._default_manager.bulk_update(sealed, columns, batch_size=50)
    done.sealed_count += len(sealed)
    return records
