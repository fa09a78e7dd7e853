"""Whose numbers a file carries: told from its headers, doubted from the appeals that are there."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

from django.db.models import Max

from civicloop.apps.intake.models import Appeal, ImportRun
from civicloop.apps.intake.rows import Candidate
from civicloop.connectors.spreadsheets import Field, FileShape
from civicloop.connectors.spreadsheets.shape import shape_from_json

SAMPLED_ROWS = 500
PREFIX = "table-"
# A later export may gain columns of what the office adds: they tell no system from another.
CITIZENS_FIELDS = frozenset(
    {
        Field.ID,
        Field.SUBJECT,
        Field.TEXT,
        Field.RECEIVED_AT,
        Field.CALLER,
        Field.CALLER_NAME,
        Field.CALLER_PHONE,
        Field.ADDRESS,
    }
)


def source_of_layout(shape: FileShape) -> str:
    """A name for the system that writes tables with these headers.

    Exports of one system share its numbers; another system's numbers are its own. Sources that
    were named when every column that is read still counted keep their names.
    """
    own = _name(shape, CITIZENS_FIELDS.__contains__)
    every = _name(shape, lambda field: field is not Field.IGNORE)
    latest = (
        ImportRun.objects.filter(source__startswith=PREFIX, new_count__gt=0)
        .order_by()
        .values("source")
        .annotate(latest=Max("id"))
        .values_list("source", "latest")
    )
    runs = dict(latest)
    for name in (every, own):
        if name in runs:
            return name
    kept = ImportRun.objects.filter(id__in=runs.values()).order_by("-id")
    for source, plain in kept.values_list("source", "shape"):
        if _name(shape_from_json(plain), CITIZENS_FIELDS.__contains__) == own:
            return source
    return own


def _name(shape: FileShape, counts: Callable[[Field], bool]) -> str:
    headers = {
        column.header
        for sheet in shape.sheets
        if sheet.is_readable
        for column in sheet.columns
        if counts(column.field)
    }
    written = "\x1f".join(sorted(headers))
    return PREFIX + blake2b(written.encode(), digest_size=5).hexdigest()


def note_rows_elsewhere(run: ImportRun, new: Sequence[Candidate]) -> None:
    """Note with the run, unsaved, how many of its first new rows another source has already."""
    sample = {
        candidate.source_key: (candidate.column("subject"), candidate.column("text"))
        for candidate in new[:SAMPLED_ROWS]
    }
    others = ImportRun.objects.filter(new_count__gt=0).exclude(source=run.source).order_by()
    sources = list(others.values_list("source", flat=True).distinct())
    appeals = Appeal.objects.filter(source__in=sources, source_key__in=list(sample))
    found = Counter(
        source
        for source, key, subject, text in appeals.values_list(
            "source", "source_key", "subject", "text"
        )
        if (subject, text) == sample[key]
    )
    run.preview["elsewhere"] = [
        {"source": source, "count": count, "of": len(sample)}
        for source, count in found.most_common(1)
    ]
