"""A file of observations on its way in: kept as it came, looked at, recorded when somebody says so."""

import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.indicators.actions.observing import (
    Preview,
    preview_observations,
    record_observations,
)
from civicloop.apps.indicators.models import SourceDocument
from civicloop.apps.indicators.observation_rows import COLUMNS, RowProblem
from civicloop.apps.indicators.observation_words import word_observation_problems
from civicloop.apps.indicators.refusals import IndicatorRefusedError

CHUNK = 1 << 20
UNCONFIRMED_FOR = timedelta(days=1)  # then a file that nobody recorded is removed
Cell = str | int


def keep_observation_file(*, file: BinaryIO, now: datetime) -> str:
    """Keep a file under its SHA-256 until it is recorded, and remove those that never were."""
    _remove_unconfirmed(now)
    digest = sha256()
    with NamedTemporaryFile(dir=observation_folder(), delete=False) as copy:
        try:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
            Path(copy.name).replace(observation_file(digest.hexdigest()))
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return digest.hexdigest()


def observation_file(digest: str) -> Path:
    """Return where a file is kept; a recorded one stays, for whoever looks behind a figure."""
    return observation_folder() / digest


def observation_folder() -> Path:
    """Return the folder of all files of observations."""
    folder = Path(settings.MEDIA_ROOT) / "observations"  # backups hold it
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def record_observation_file(
    *,
    digest: str,
    document: str,
    publisher: str,
    published_day: date | None,
    confirm_doubts: bool,
    actor: User,
    now: datetime,
) -> tuple[SourceDocument | None, Preview]:
    """Record what a kept file says, all of it or nothing; None: all of it is known already.

    Raises:
        IndicatorRefusedError: the file is gone, is no table, or some of its rows are bad.
    """
    preview = look_at_observation_file(digest=digest, now=now, confirm_doubts=confirm_doubts)
    if preview.problems:
        raise IndicatorRefusedError(_("Nothing was written: some rows are bad."))
    source = record_observations(
        rows=preview.rows,
        document=document,
        publisher=publisher,
        published_day=published_day,
        digest=digest,
        actor=actor,
        now=now,
    )
    return source, preview


def look_at_observation_file(
    *, digest: str, now: datetime, confirm_doubts: bool = False
) -> Preview:
    """Say what a kept file would change; nothing is written.

    Raises:
        IndicatorRefusedError: the file is gone, or is no table of observations.
    """
    file = observation_file(digest)
    if not file.exists():
        raise IndicatorRefusedError(_("The file is no longer kept: choose it again."))
    return preview_observations(file=file, now=now, confirm_doubts=confirm_doubts)


def returned_table(preview: Preview) -> Iterator[Sequence[Cell]]:
    """Yield the bad rows as they were read, each with what is wrong and what to do."""
    yield [_("Row"), *(headers[0] for headers in COLUMNS.values()), _("Why it was rejected"), _("What to do")]  # fmt: skip
    by_row: dict[int, list[RowProblem]] = {}
    for problem in preview.problems:
        by_row.setdefault(problem.row, []).append(problem)
    for number, problems in by_row.items():
        values = preview.rejected[number]
        words = word_observation_problems(problems)
        why = " ".join(f"{each.column}: {each.reason}" for each in words)
        cure = " ".join(dict.fromkeys(each.cure for each in words))
        yield [number, *(values.get(name, "") for name in COLUMNS), why, cure]


def _remove_unconfirmed(now: datetime) -> None:
    """Remove files that nobody recorded in time."""
    recorded = set(SourceDocument.objects.exclude(sha256="").values_list("sha256", flat=True))
    for file in observation_folder().iterdir():
        is_old = file.stat().st_mtime < (now - UNCONFIRMED_FOR).timestamp()
        if is_old and file.name not in recorded:
            file.unlink(missing_ok=True)
