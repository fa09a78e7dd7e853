"""A row of every table that keeps words of or about citizens, as far as a test has made none."""

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models

from civicloop.apps.accounts.words import HoldsWords

EITHER = {"ReceptionCase": {"petition"}, "MeetingCase": {"petition"}}  # one of two, by a constraint


def make_a_row_of_each(now: datetime, **known: models.Model) -> None:
    """Fill each empty table of words with one row about the known records.

    Args:
        now: for its times.
        known: by the name of a column that leads there.
    """
    for model in apps.get_models():
        if issubclass(model, HoldsWords) and not model._default_manager.exists():
            _row(model, now, known)


def _row(model: type[models.Model], now: datetime, known: dict[str, models.Model]) -> models.Model:
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField) or field.name in EITHER.get(model.__name__, ()):
            continue
        if isinstance(field, models.ForeignKey):
            if field.name in known or not field.null:
                values[field.name] = _related(field, now, known)
        elif not field.has_default() and not field.null:
            values[field.name] = _value(field, now)
    return model._default_manager.create(**values)


def _related(
    field: models.ForeignKey, now: datetime, known: dict[str, models.Model]
) -> models.Model:
    one = known.get(field.name)
    if isinstance(one, field.related_model):
        return one
    return field.related_model._default_manager.first() or _row(field.related_model, now, known)


def _value(field: models.Field, now: datetime) -> object:
    if field.choices:
        return "" if field.blank else field.choices[0][0]
    simple = (  # a time is a day, too
        (models.DateTimeField, now),
        (models.DateField, date(2023, 11, 14)),
        (models.JSONField, []),
        (models.BinaryField, b"1"),
        (models.IntegerField | models.FloatField, 3),
    )
    return next((value for kind, value in simple if isinstance(field, kind)), "1")
