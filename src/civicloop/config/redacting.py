# ruff: noqa: SLF001 -- Django calls the description of a model `_meta`
"""Take out of every table what tells of an appeal's citizen."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from civicloop.apps.accounts.visibility import Sight, read_by_nobody
from civicloop.apps.accounts.words import HoldsWords, value_at
from civicloop.apps.audit.actions import record_events
from civicloop.apps.audit.keys import commitment
from civicloop.apps.cases.models import JointMeeting, Reception
from civicloop.apps.dispatch.models import StepDraft
from civicloop.apps.intake.contacts import forget_contacts, mask_contacts
from civicloop.apps.intake.models import (
    Appeal,
    AppealPhoto,
    Contact,
    ImportRun,
    LaterRow,
    OriginalRow,
    Redaction,
    RejectedRow,
    SealedNote,
    SealedWords,
)
from civicloop.apps.intake.search import Searchable, search_table, take_in_again, wipe_index
from civicloop.apps.intake.signals import words_taken_out
from civicloop.apps.issues.models import Event
from civicloop.apps.vault.models import Identity
from civicloop.config.known_writers import Known, KnownWriters, without_known
from civicloop.config.rewriting import note_to_rewrite, rewrite_tables

NEAR = 4  # foreign keys from a record to its appeal, at most
ROWS_PER_STATEMENT = 50
OTHERS = (  # than those with words about an appeal
    Appeal,
    AppealPhoto,
    Contact,
    Event,
    Identity,
    ImportRun,
    JointMeeting,
    LaterRow,
    OriginalRow,
    Reception,
    RejectedRow,
    SealedNote,
    SealedWords,
    StepDraft,
)


@transaction.atomic
def mask_for_good(ids: Sequence[int], *, days: int, now: datetime) -> int:
    """Leave of appeals, and of all that was written about them, what tells of no person and no home."""
    known = KnownWriters().of(ids, with_homes=False)
    with read_by_nobody():
        appeals = list(Appeal.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        _mask_words(appeals, known)
        for model, paths in _about_appeals():
            for path in paths:
                _mask_records(model, path, known, ids)
        _mask_records(Event, "members__appeal", known, ids)
        for heard_in in (JointMeeting, Reception):  # minutes and notes of where it was heard
            _mask_records(heard_in, "cases__order__appeal", known, ids)
    OriginalRow.objects.filter(appeal__in=ids).update(sealed_cells=b"")
    LaterRow.objects.filter(appeal__in=ids).update(sealed_cells=b"", before={}, after={})
    SealedWords.objects.filter(appeal__in=ids).delete()
    SealedNote.objects.filter(appeal__in=ids).delete()
    StepDraft.objects.filter(order__appeal__in=ids).delete()
    mask_contacts(ids)
    Redaction.objects.bulk_create(Redaction(appeal=appeal, masked_at=now) for appeal in appeals)
    _record("appeal_masked", ids, days, now)
    return len(appeals)


@transaction.atomic
def forget_appeals(ids: Sequence[int], *, days: int, now: datetime) -> int:
    """Take away what is left of the citizens: contacts, photographs, by what they are known again."""
    forget_contacts(ids)
    appeals = list(Appeal.objects.select_for_update().filter(pk__in=ids).only("content_hash"))
    for appeal in appeals:  # whoever has its key could try it with every telephone number
        appeal.content_hash = commitment(appeal.content_hash, purpose="content")
        appeal.caller_key = ""
    Appeal.objects.bulk_update(appeals, ["content_hash", "caller_key"], ROWS_PER_STATEMENT)
    for photo in AppealPhoto.objects.filter(appeal__in=ids):
        transaction.on_commit(lambda file=photo.file: file.delete(save=False))  # type: ignore[misc]
        photo.delete()
    Redaction.objects.filter(appeal__in=ids).update(forgotten_at=now)
    _record("appeal_forgotten", ids, days, now)
    return len(appeals)


@transaction.atomic
def forget_imports(runs: Sequence[ImportRun]) -> int:
    """Take away the rows that imports showed and returned."""
    RejectedRow.objects.filter(run__in=runs).delete()
    return ImportRun.objects.filter(pk__in=[run.pk for run in runs]).update(
        preview={}, set_aside={}
    )


def wipe() -> None:
    """See that nothing is left in what the database keeps of pages that it does not need any more."""
    wipe_index()
    if connection.in_atomic_block:
        return
    for one in connections.all():
        if one.vendor == "sqlite":  # `secure_delete` is on: only the journal is left
            with one.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rewrite_tables()


def note_tables() -> None:
    """Every table that something may be taken out of is to be rewritten afterwards."""
    holding = [model for model, _ in _about_appeals()]
    note_to_rewrite([*holding, *OTHERS], [(DEFAULT_DB_ALIAS, "intake_search")])


def _mask_words(appeals: Sequence[Appeal], known: Known) -> None:
    table = search_table()
    with connection.cursor() as cursor:
        table.forget(cursor, [Searchable.of(appeal) for appeal in appeals])
    for appeal in appeals:
        _mask(appeal, known[appeal.pk])
        appeal.mask()  # what is masked once more stays as it is
    columns = [*Appeal.PROTECTED, "is_masked", *(f"masked_{name}" for name in Appeal.PROTECTED)]
    Appeal.objects.bulk_update(appeals, columns, ROWS_PER_STATEMENT)
    take_in_again([Searchable.of(appeal) for appeal in appeals])
    words_taken_out.send(Appeal, appeal_ids=[appeal.pk for appeal in appeals])


def _mask_records(model: type[HoldsWords], path: str, known: Known, ids: Sequence[int]) -> None:
    """The records of a table from which a way leads to the appeals, each without its appeals' writers."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    reached = model._default_manager.filter(**{f"{path}__in": ids})
    for record, appeal in reached.values_list("pk", path).order_by().distinct():
        told[record] += known[appeal]
    records = list(model._default_manager.filter(pk__in=list(told)))
    for each in records:
        _mask(each, told[each.pk])
    if records:
        model._default_manager.bulk_update(records, [*model.PROTECTED], ROWS_PER_STATEMENT)


def _mask(record: HoldsWords, known: Sequence[str]) -> None:
    for column in record.PROTECTED:
        masked = value_at(Sight.MASKED, without_known(getattr(record, column), known))
        longest = record._meta.get_field(column).max_length  # type: ignore[union-attr]
        cut = masked[:longest] if isinstance(masked, str) and longest else masked
        setattr(record, column, cut)


@cache
def _about_appeals() -> Sequence[tuple[type[HoldsWords], Sequence[str]]]:
    """The tables with words about appeals, and the shortest ways from each to them."""
    holding = [
        one for one in apps.get_models() if issubclass(one, HoldsWords) and one is not Appeal
    ]
    return [(model, paths) for model in holding if (paths := _paths(model))]


def _paths(model: type[models.Model]) -> Sequence[str]:
    level: Mapping[str, type[models.Model]] = {"": model}
    for _step in range(NEAR):
        level = {
            f"{path}__{field.name}".removeprefix("__"): field.related_model
            for path, one in level.items()
            for field in one._meta.concrete_fields
            if field.is_relation and isinstance(field.related_model, type)
        }
        found = [path for path, one in level.items() if one is Appeal]
        if found:
            return found
    return []


def _record(action: str, ids: Sequence[int], days: int, now: datetime) -> None:
    record_events(
        action=action,
        object_type="appeal",
        details={one: {"days": days} for one in ids},
        actor=None,
        now=now,
    )
