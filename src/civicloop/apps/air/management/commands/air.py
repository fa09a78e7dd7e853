import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.air.actions import Kept, keep_file
from civicloop.apps.air.city_areas import ONLY_CITY
from civicloop.apps.air.facts import Ways
from civicloop.apps.air.nowcasting import nowcast_hours
from civicloop.apps.air.plain import plain_hour, plain_report
from civicloop.apps.air.refusals import REFUSALS, word_refusal
from civicloop.apps.air.reports import Report, assess_file
from civicloop.apps.air.telling import tell, tell_hours
from civicloop.apps.air.wording import word_air_file_error, word_kept
from civicloop.apps.command import ExplainedCommand, refuse_unreadable, whole_number
from civicloop.apps.intake.wording import word_unreadable_file
from civicloop.connectors.air.air_events import read_air_events
from civicloop.connectors.air.columns import Field
from civicloop.connectors.air.editions import CHINESE, FOREIGN, day_rules
from civicloop.connectors.air.problems import AirFileError
from civicloop.connectors.air.station_places import read_station_places
from civicloop.connectors.air.tables import open_air_file
from civicloop.connectors.spreadsheets import UnreadableFileError
from civicloop.engines.air.station_days import HourStamp

EXAMPLES = """examples:
  civicloop air assess hours.parquet --control-site 定陵     station hours to city days, AQI, periods
  civicloop air assess hours.csv --against days.csv         the same beside the days that were published
  civicloop air assess days.csv --only exact_window=true    published city days: is the AQI what the rules give?
  civicloop air assess hours.csv --keep --stations places.csv   keep days and periods for the air page
  civicloop air assess hours.csv --keep --area 140200000000     and make them facts of indicators
  civicloop air nowcast hours.csv --hours 3                 the United States' index of the last three hours
  civicloop air assess release.csv bulletins.csv --json     a station release, composite-index bulletins
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Assess air quality by the standards, and check published figures.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["assess", "nowcast"])
        parser.add_argument(
            "files",
            nargs="+",
            type=Path,
            metavar="FILE",
            help=_(
                "CSV, XLSX or Parquet: hours of stations, station releases, city days, bulletins"
            ),
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help=_("published city days to compare with")
        )
        parser.add_argument(
            "--only",
            type=_pair,
            action="append",
            default=[],
            metavar="HEADER=VALUE",
            help=_("only the published rows with this value"),
        )
        parser.add_argument(
            "--column",
            type=_column,
            action="append",
            default=[],
            metavar="FIELD=HEADER",
            help=_("what a column holds, where its header is not known: station=站号"),
        )
        parser.add_argument(
            "--gap",
            type=_number,
            action="append",
            default=[],
            metavar="NUMBER",
            help=_("a number by which the file says that nothing was measured: 999"),
        )
        parser.add_argument(
            "--control-site",
            action="append",
            default=[],
            metavar="STATION",
            help=_(
                "a station that does not count for the city; where two cities have one of that name, "
                "CITY=STATION"
            ),
        )
        parser.add_argument(
            "--stamps",
            choices=[each.value for each in HourStamp],
            help=_("which end of its hour a stamp names; default: ends"),
        )
        parser.add_argument(
            "--days-by",
            default="standard",
            metavar="RULES",
            help=_("when hours make a day: standard, one_step, lax"),
        )
        parser.add_argument(
            "--least-stations",
            type=whole_number(),
            default=1,
            help=_("stations that a city's day needs"),
        )
        parser.add_argument(
            "--edition",
            choices=CHINESE + FOREIGN,
            default="",
            help=_("one edition of the index for all days; default: that in force on each day"),
        )
        parser.add_argument(
            "--events",
            "--dust-events",
            type=Path,
            metavar="FILE",
            help=_(
                "CSV of sand-dust and other events: code, city, first_day, last_day, source; kind "
                "(exceptional), pollutants, evidence"
            ),
        )
        parser.add_argument(
            "--keep",
            action="store_true",
            help=_("keep the days and periods for the air page; once for the same file"),
        )
        parser.add_argument(
            "--stations",
            type=Path,
            metavar="FILE",
            help=_("CSV of places: station, longitude, latitude; with --keep"),
        )
        parser.add_argument(
            "--area",
            type=_area,
            action="append",
            default=[],
            metavar="CODE",
            help=_(
                "code of the city, 12 digits, whose days become facts of indicators; of several "
                "cities CITY=CODE; with --keep"
            ),
        )
        parser.add_argument(
            "--days",
            type=whole_number(least=0),
            default=10,
            help=_("last days to show of each city"),
        )
        parser.add_argument(
            "--hours", type=whole_number(), default=1, help=_("nowcast: last hours to show")
        )
        parser.add_argument("--json", action="store_true", help=_("all figures as JSON"))

    def handle(self, *args: Any, files: list[Path], against: Path | None, **options: Any) -> None:
        refuse_unreadable(*files, against, options["events"], options["stations"])
        if options["what"] == "nowcast":
            for file in files:
                self._nowcast(file, options)
            return
        reports = [self._assess(file, against, options) for file in files]
        kept = [self._keep(file, options) for file in files] if options["keep"] else []
        if options["json"]:
            shown = [plain_report(report) for report in reports]
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))
            return
        for report in reports:
            for line in tell(report, days=options["days"]):
                self.stdout.write(line)
        for each in kept:
            self.stdout.write(word_kept(each))

    def _assess(self, file: Path, against: Path | None, options: dict[str, Any]) -> Report:
        with _explained(file):
            ways = _ways(options)
            return assess_file(file, ways, only=dict(options["only"]), against=against)

    def _nowcast(self, file: Path, options: dict[str, Any]) -> None:
        with _explained(file):
            ways = _ways(options)
            opened = open_air_file(file, ways.named, gaps=ways.gaps)
            found = list(nowcast_hours(opened, ways, hours=options["hours"]))
        if options["json"]:
            self.stdout.write(json.dumps([plain_hour(each) for each in found], ensure_ascii=False))
            return
        for line in tell_hours(found):
            self.stdout.write(line)

    def _keep(self, file: Path, options: dict[str, Any]) -> Kept:
        with _explained(file):
            places = read_station_places(options["stations"]) if options["stations"] else {}
            return keep_file(
                path=file,
                ways=_ways(options),
                places=places,
                areas=dict(options["area"]),
                actor=None,
                now=timezone.now(),
            )


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except AirFileError as error:
        raise CommandError(word_air_file_error(error)) from None
    except UnreadableFileError as error:
        raise CommandError(f"{file}: {word_unreadable_file(error)}") from None
    except REFUSALS as error:
        raise CommandError(word_refusal(error, file)) from None


def _ways(options: dict[str, Any]) -> Ways:
    day_rules(options["days_by"])  # refuses a name that is not known
    events = options["events"]
    return Ways(
        day_rules=options["days_by"],
        stamp=HourStamp(options["stamps"]) if options["stamps"] else None,
        control_sites=frozenset(options["control_site"]),
        least_stations=options["least_stations"],
        edition=options["edition"],
        named=dict(options["column"]),
        gaps=frozenset(options["gap"]),
        events=read_air_events(events) if events else (),
    )


def _pair(text: str) -> tuple[str, str]:
    name, is_pair, value = text.partition("=")
    if not is_pair:
        raise ArgumentTypeError(_("%(text)s: write HEADER=VALUE") % {"text": text})
    return name, value


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ArgumentTypeError(_("“%(text)s” is no number.") % {"text": text}) from None


def _area(text: str) -> tuple[str, str]:
    city, _is_named, code = text.rpartition("=")
    return city or ONLY_CITY, code


def _column(text: str) -> tuple[Field, str]:
    name, header = _pair(text)
    if name not in {*Field}:
        known = ", ".join(Field)
        raise ArgumentTypeError(
            _("no field %(name)s; there are: %(known)s") % {"name": name, "known": known}
        )
    return Field(name), header
