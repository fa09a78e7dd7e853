from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.command import ExplainedCommand, calendar_day, refuse_unwritable, whole_number
from civicloop.apps.dispatch.actions.directory import (
    DirectoryConflictsError,
    DirectoryRefusedError,
    approve_directory,
    conflicts_of,
    write_directory,
)
from civicloop.apps.dispatch.directory_facts import directory_on, read_units
from civicloop.apps.dispatch.directory_files import read_directory_file, read_names, rule_table
from civicloop.apps.dispatch.models import DirectoryVersion
from civicloop.apps.dispatch.queries.directory import backtest_versions
from civicloop.apps.dispatch.routing_words import UnitNames, conflict_words, county_names
from civicloop.apps.intake.wording import word_reference_problems, word_unreadable_file
from civicloop.apps.issues.tables import write_table
from civicloop.apps.places.reference_files import ReferenceFileError
from civicloop.connectors.spreadsheets import UnreadableFileError
from civicloop.engines.routing.conflicts import Conflict

EXAMPLES = """examples:
  civicloop directory import 派单目录.xlsx --from 2026-01-01 --user li.na     a draft
  civicloop directory check 4                                    what is wrong with version 4
  civicloop directory backtest 4 --first 2025-01-01 --last 2025-12-31
                                                                 which orders would go elsewhere
  civicloop directory approve 4 --user wang.wei                  never by the one who wrote it
  civicloop directory export directory.xlsx                      the version in force

columns: topic, lead; also area, level, assisting, grassroots_allowed, statute, valid_from, valid_to
"""
MOVES_SHOWN = 20
TABLE_ENDINGS = (".csv", ".xlsx")


class Command(ExplainedCommand):
    summary = gettext_lazy("Import, check, compare, approve and export the dispatch directory.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        one = steps.add_parser("import", help=_("keep a table as the draft of a new version"))
        one.add_argument("file", type=Path, metavar="FILE", help=_("CSV file or workbook"))
        one.add_argument(
            "--from", dest="valid_from", type=calendar_day, help=_("first day, YYYY-MM-DD")
        )
        one.add_argument("--user", help=_("who wrote it: the name to log in with"))
        one = steps.add_parser("export", help=_("write a version as a table"))
        one.add_argument("file", type=Path, metavar="FILE", help=_("a name in .csv or .xlsx"))
        one.add_argument("--version-number", type=whole_number(), help=_("default: in force"))
        one = steps.add_parser("check", help=_("list what is wrong with a version"))
        one.add_argument("number", type=whole_number(), help=_("number of the version"))
        one = steps.add_parser("backtest", help=_("compare a version with the one in force"))
        one.add_argument("number", type=whole_number(), help=_("number of the version"))
        one.add_argument("--first", type=calendar_day, required=True, help=_("YYYY-MM-DD"))
        one.add_argument("--last", type=calendar_day, required=True, help=_("YYYY-MM-DD"))
        one = steps.add_parser("approve", help=_("bring a draft into force"))
        one.add_argument("number", type=whole_number(), help=_("number of the version"))
        one.add_argument("--user", required=True, help=_("who approves it: not its author"))

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        steps: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "import": self._import,
            "export": self._export,
            "check": self._check,
            "backtest": self._backtest,
            "approve": self._approve,
        }
        steps[step](options)

    def _import(self, options: dict[str, Any]) -> None:
        now, file = timezone.now(), options["file"]
        day = timezone.localdate(now)
        try:
            rules = read_directory_file(file, names=read_names(read_units()), day=day)
        except ReferenceFileError as error:
            raise CommandError(f"{file}\n{word_reference_problems(error.problems)}") from None
        except UnreadableFileError as error:
            raise CommandError(f"{file}: {word_unreadable_file(error)}") from None
        version = write_directory(
            rules=rules,
            valid_from=options["valid_from"] or day,
            source_doc=file.name,
            actor=_user(options["user"], Action.EDIT_DIRECTORY) if options["user"] else None,
            now=now,
        )
        self.stdout.write(
            _("Version %(number)s: a draft of %(rules)s rules.")
            % {"number": version.number, "rules": len(rules)}
        )
        self._tell(conflicts_of(version))

    def _export(self, options: dict[str, Any]) -> None:
        refuse_unwritable(options["file"], *TABLE_ENDINGS)
        number = options["version_number"]
        version = _version(number) if number else _in_force()
        write_table(options["file"], rule_table(version, read_units()))
        self.stdout.write(f"{options['file']}: v{version.number}")

    def _check(self, options: dict[str, Any]) -> None:
        found = conflicts_of(_version(options["number"]))
        self._tell(found)
        if any(conflict.is_error for conflict in found):
            raise CommandError(_("With errors the version cannot come into force."))

    def _tell(self, found: list[Conflict]) -> None:
        if not found:
            self.stdout.write(_("Nothing is wrong with it."))
        areas = county_names()
        for conflict in found:
            grade = _("error") if conflict.is_error else _("warning")
            place = "" if conflict.rule is None else _("rule %(rule)s: ") % {"rule": conflict.rule}
            self.stdout.write(f"  {grade}: {place}{conflict_words(conflict, areas)}")

    def _backtest(self, options: dict[str, Any]) -> None:
        report = backtest_versions(
            _in_force(),
            _version(options["number"]),
            first_day=options["first"],
            last_day=options["last"],
        )
        result, names = report.result, UnitNames()
        self.stdout.write(
            _("%(orders)s orders; %(share)s would go where they go now, %(moved)s elsewhere.")
            % {
                "orders": f"{result.orders:,}",
                "share": f"{result.unchanged_share:.1%}",
                "moved": f"{len(result.moved):,}",
            }
        )
        for before, after, count in report.by_move[:MOVES_SHOWN]:
            move = f"{names.of(before)} → {names.of(after)}"
            self.stdout.write(f"  {count:7,}  {move}")
        if result.otherwise_assisted:
            self.stdout.write(
                _("%(orders)s keep their lead unit and are assisted by others:")
                % {"orders": f"{len(result.otherwise_assisted):,}"}
            )
        for lead, gone, then, count in report.by_assisting[:MOVES_SHOWN]:
            changes = [f"-{names.of(one)}" for one in gone] + [f"+{names.of(one)}" for one in then]
            self.stdout.write(f"  {count:7,}  {names.of(lead)}: {' '.join(changes)}")

    def _approve(self, options: dict[str, Any]) -> None:
        actor = _user(options["user"], Action.APPROVE_DIRECTORY)
        version = _version(options["number"])
        try:
            approved = approve_directory(version_id=version.pk, actor=actor, now=timezone.now())
        except DirectoryConflictsError as error:
            self._tell(list(error.errors))
            raise CommandError(str(error)) from None
        except DirectoryRefusedError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _("Version %(number)s is in force from %(day)s.")
            % {"number": approved.number, "day": approved.valid_from}
        )


def _version(number: int) -> DirectoryVersion:
    version = DirectoryVersion.objects.filter(number=number).first()
    if version is None:
        raise CommandError(_("There is no version %(number)s.") % {"number": number})
    return version


def _in_force() -> DirectoryVersion:
    version = directory_on(timezone.localdate())
    if version is None:
        raise CommandError(_("No version of the directory is in force."))
    return version


def _user(name: str, action: Action) -> User:
    user = User.objects.filter(username=name).first()
    if user is None or not may(user, action):
        raise CommandError(_("%(user)s is not there, or may not do this.") % {"user": name})
    return user
