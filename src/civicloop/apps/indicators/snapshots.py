"""Files of facts: a month of a table is written again only when its source changed.

A file is named after what is in it and never changes, so a figure that was published from it can be
worked out from it again for as long as the file is kept.
"""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from civicloop.analytics.indicators.facts_files import read_facts, write_facts
from civicloop.apps.indicators.fact_sources import FactSource, Rows
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import FactsPart
from civicloop.engines.indicators.periods import Month


class LostFactsError(LookupError):
    """A file of facts is gone, or is not what it was."""


def fresh_part(source: FactSource, month: Month, fingerprint: str, now: datetime) -> FactsPart:
    """Return the file of a month, written again if the month changed since."""
    table, name = source.table.code, month_name(month)
    known = FactsPart.objects.filter(table=table, month=name, fingerprint=fingerprint)
    for part in known.order_by("-pk")[:1]:
        if path_of(part).exists():
            return part
    return _write(source, month, fingerprint, now)


def _write(source: FactSource, month: Month, fingerprint: str, now: datetime) -> FactsPart:
    table, name, rows = source.table, month_name(month), source.rows(month)
    folder = facts_folder() / table.code
    unnamed = write_facts(table, rows, folder / f"{name}.new")
    digest = digest_of_file(unnamed)
    file = f"{table.code}/{name}-{digest[:16]}.parquet"
    unnamed.replace(facts_folder() / file)
    part = FactsPart(
        table=table.code,
        month=name,
        fingerprint=fingerprint,
        sha256=digest,
        file=file,
        row_count=len(rows),
        made_at=now,
    )
    part.save()
    return part


def rows_in(part: FactsPart) -> Rows:
    """Return the rows of a file of facts."""
    return read_facts(TABLES[part.table], path_of(part))


def path_of(part: FactsPart) -> Path:
    """Return where a file of facts is."""
    return facts_folder() / part.file


def facts_folder() -> Path:
    """Return the folder of all files of facts."""
    return Path(settings.MEDIA_ROOT) / "facts"  # backups hold it


def month_name(month: Month) -> str:
    """Write a month as files are named: 2023-10."""
    return f"{month.year:04}-{month.month:02}"


def digest_of_file(file: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with file.open("rb") as opened:
        found = sha256()
        while chunk := opened.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()
