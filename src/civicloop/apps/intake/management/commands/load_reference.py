from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.clocks.actions import import_calendar_file
from civicloop.apps.clocks.calendar_files import NoTableError
from civicloop.apps.command import ExplainedCommand, calendar_day
from civicloop.apps.intake.actions import TopicTreeExistsError, load_channel_file, load_topics
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.places.actions import load_areas, load_units
from civicloop.apps.places.reference_files import ReferenceFileError
from civicloop.connectors.spreadsheets import UnreadableFileError

EXAMPLES = """examples:
  civicloop load areas areas.csv                 columns: code, name, level
  civicloop load units units.xlsx                columns: code, name, level, area_code
  civicloop load topics topics.csv --valid-from 2025-01-01
                                                 columns: level1, level2, level3, code, unit,
                                                 limit_case (utilities or complex)
  civicloop load channels channels.csv           columns: code, name, name_en
  civicloop load calendar 2027.xlsx              columns: day, kind (放假 or 上班), name; a year's notice
"""
TABLES: dict[str, Callable[..., int]] = {
    "areas": load_areas,
    "units": load_units,
    "channels": load_channel_file,
    "calendar": import_calendar_file,
}


class Command(ExplainedCommand):
    summary = gettext_lazy(
        "Load the city's areas, units, topics, channels or calendar from a table."
    )
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", choices=[*TABLES, "topics"], help=_("what the file holds"))
        parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV file or workbook"))
        parser.add_argument(
            "--valid-from",
            type=calendar_day,
            help=_("topics: the first day of this tree, YYYY-MM-DD; default: today"),
        )

    def handle(
        self, *args: Any, table: str, file: Path, valid_from: date | None, **options: Any
    ) -> None:
        now = timezone.now()
        try:
            count = _load(table, file, valid_from, now)
        except ReferenceFileError as error:
            raise CommandError(f"{file}\n{word_reference_problems(error.problems)}") from None
        except UnreadableFileError as error:
            raise CommandError(f"{file}: {word_unreadable_file(error)}") from None
        except NoTableError as error:
            raise CommandError(f"{file}: {word_unreadable_file(error.reason)}") from None
        except TopicTreeExistsError:
            raise CommandError(
                _("Another topic tree is valid from this day; give another day: --valid-from")
            ) from None
        self.stdout.write(_("%(file)s: %(count)s rows") % {"file": file.name, "count": count})


def _load(table: str, file: Path, valid_from: date | None, now: datetime) -> int:
    day = timezone.localdate(now)
    if table == "topics":
        tree = load_topics(file=file, valid_from=valid_from or day, day=day, actor=None, now=now)
        return tree.topics.count()
    return TABLES[table](file=file, day=day, actor=None, now=now)
