from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.analytics.candidates_on_spark import SparkUnavailableError
from civicloop.apps.command import (
    ExplainedCommand,
    calendar_day,
    refuse_unreadable,
    whole_number,
)
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.actions.lists import keep_goal_tree, keep_roster
from civicloop.apps.indicators.actions.observing import (
    Preview,
    preview_observations,
    record_observations,
)
from civicloop.apps.indicators.definitions import (
    current_definitions,
    definitions_of,
    shipped_definitions,
)
from civicloop.apps.indicators.models import DefinitionVersion
from civicloop.apps.indicators.observation_words import word_observation_problems
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.snapshots import digest_of_file
from civicloop.apps.indicators.wording import word_definition_error, word_doubt
from civicloop.connectors.indicators.definition_files import DefinitionFileError, text_of
from civicloop.connectors.indicators.goal_files import read_goal_tree

EXAMPLES = """examples:
  civicloop indicators define                        put the shipped definitions in force
  civicloop indicators define city.toml              and the city's own over them
  civicloop indicators import firms.xlsx             look at what a table of observations would change
  civicloop indicators import firms.xlsx --write --publisher "statistics bureau"
  civicloop indicators roster firms.txt --code key_chains --from 2026-01-01
  civicloop indicators goals 15886.toml              a version of a tree of goals
  civicloop air assess hours.parquet --keep --area 140200000000   days and concentrations of air
  civicloop indicators compute                       work all figures out and publish them
  civicloop indicators compute --as-of 2026-11-13    as they were known on that day
  civicloop indicators compute --until 2017-02-28 --months 25   of years past
"""
WHAT = ("define", "import", "roster", "goals", "compute")
SHOWN = 20


class Command(ExplainedCommand):
    summary = gettext_lazy("Define indicators, put observations in, work figures out.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=WHAT)
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--write", action="store_true", help=_("import: put the rows in"))
        parser.add_argument(
            "--confirm-doubts", action="store_true", help=_("import: doubtful rows are right")
        )
        parser.add_argument("--publisher", default="", help=_("import: who stated it"))
        parser.add_argument(
            "--published", type=calendar_day, help=_("import: on which day, YYYY-MM-DD")
        )
        parser.add_argument("--code", default="", help=_("roster: which list"))
        parser.add_argument("--from", dest="first", type=calendar_day, help=_("roster: first day"))
        parser.add_argument(
            "--as-of", type=calendar_day, help=_("compute: as known at the end of this day")
        )
        parser.add_argument(
            "--until", type=calendar_day, help=_("compute: last day of the last period")
        )
        parser.add_argument(
            "--months", type=whole_number(), default=25, help=_("compute: so many months back")
        )
        parser.add_argument(
            "--draft", action="store_true", help=_("compute: keep the figures unpublished")
        )

    def handle(self, *args: Any, what: str, files: list[Path], **options: Any) -> None:
        refuse_unreadable(*files)
        needs_file = what not in {"define", "compute"}
        if needs_file and len(files) != 1:
            raise CommandError(_("Name one file."))
        try:
            getattr(self, f"_{what}")(files, options)
        except DefinitionFileError as error:
            raise CommandError(word_definition_error(error)) from None
        except (IndicatorRefusedError, SparkUnavailableError) as error:
            raise CommandError(str(error)) from None

    def _define(self, files: list[Path], options: dict[str, Any]) -> None:
        defined = definitions_of(files) if files else list(shipped_definitions())
        kept = keep_definitions(defined=defined, actor=None, now=timezone.now())
        self.stdout.write(
            _("%(new)s new definitions, %(changed)s changed, %(unchanged)s as they were")
            % kept._asdict()
        )

    def _import(self, files: list[Path], options: dict[str, Any]) -> None:
        [file], now = files, timezone.now()
        preview = preview_observations(file=file, now=now, confirm_doubts=options["confirm_doubts"])
        self._tell(file, preview)
        if preview.problems:
            raise CommandError(_("Nothing was written."))
        if not options["write"]:
            self.stdout.write(_("This was a preview; --write puts the rows in."))
            return
        record_observations(
            rows=preview.rows,
            document=file.name,
            publisher=options["publisher"],
            published_day=options["published"],
            digest=digest_of_file(file),
            actor=None,
            now=now,
        )

    def _tell(self, file: Path, preview: Preview) -> None:
        for words in word_observation_problems(preview.problems):
            self.stderr.write(
                _("%(file)s, row %(row)s, column %(column)s, “%(value)s”: %(reason)s %(cure)s")
                % (words._asdict() | {"file": file.name})
            )
        for row, before in preview.revised[:SHOWN]:
            self.stdout.write(
                _("  row %(row)s revises %(series)s %(area)s %(period)s: %(before)s → %(now)s")
                % {
                    "row": row.row,
                    "series": row.series,
                    "area": row.area,
                    "period": row.period,
                    "before": before,
                    "now": row.value,
                }
            )
        self.stdout.write(
            _("%(file)s: %(new)s new observations, %(revised)s revisions, %(same)s known already")
            % {
                "file": file.name,
                "new": len(preview.new),
                "revised": len(preview.revised),
                "same": preview.unchanged_count,
            }
        )

    def _roster(self, files: list[Path], options: dict[str, Any]) -> None:
        if not options["code"] or options["first"] is None:
            raise CommandError(_("A list needs --code and --from."))
        kept = keep_roster(
            code=options["code"],
            members=text_of(files[0]).splitlines(),
            valid_from=options["first"],
            source=files[0].name,
            actor=None,
            now=timezone.now(),
        )
        self.stdout.write(
            _("list %(code)s, version %(number)s: %(count)s members")
            % {"code": kept.code, "number": kept.number, "count": len(kept.members)}
        )

    def _goals(self, files: list[Path], options: dict[str, Any]) -> None:
        read = read_goal_tree(text_of(files[0]), files[0].name)
        tree = keep_goal_tree(read=read, actor=None, now=timezone.now())
        self.stdout.write(
            _("tree %(code)s, version %(number)s: %(count)s goals")
            % {"code": tree.code, "number": tree.number, "count": tree.goals.count()}
        )

    def _compute(self, files: list[Path], options: dict[str, Any]) -> None:
        if not DefinitionVersion.objects.exists():
            raise CommandError(_("No indicator is defined: civicloop indicators define"))
        done = compute_figures(
            now=timezone.now(),
            actor=None,
            engine=settings.ROW_ENGINE,
            months=options["months"],
            is_published=not options["draft"],
            as_of=_end_of(options["as_of"]),
            until=options["until"],
        )
        self.stdout.write(
            _("%(count)s figures of %(definitions)s indicators on %(engine)s, %(kept)s new or changed, %(parts)s files of facts written")
            % {
                "count": f"{done.figure_count:,}",
                "definitions": len(current_definitions()),
                "engine": done.run.engine,
                "kept": f"{done.kept_count:,}",
                "parts": done.parts_written,
            }
        )  # fmt: skip
        for figure in done.doubtful[:SHOWN]:
            for doubt in figure.doubts:
                self.stdout.write(
                    f"  {figure.code} {figure.area} {figure.period}: {word_doubt(doubt)}"
                )
        if len(done.doubtful) > SHOWN:
            more = len(done.doubtful) - SHOWN
            words = ngettext(
                "  and %(count)s more doubtful figure",
                "  and %(count)s more doubtful figures",
                more,
            )
            self.stdout.write(words % {"count": more})


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, time.max))
