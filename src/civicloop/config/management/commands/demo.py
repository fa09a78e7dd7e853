import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.accounts.actions import ensure_demo_users
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.air.models import AirSource
from civicloop.apps.cases.models import JointMeeting
from civicloop.apps.clocks.actions import seed_calendar
from civicloop.apps.command import ExplainedCommand, calendar_day, whole_number
from civicloop.apps.dispatch.actions.directory import approve_directory
from civicloop.apps.dispatch.models import (
    DirectoryVersion,
    OrderParty,
    UnitModelVersion,
    WorkOrder,
)
from civicloop.apps.indicators.models import FigureRun
from civicloop.apps.intake.models import Appeal, ImportRun, ImportState, TopicTree
from civicloop.apps.issues.models import EventRun, TopicModelVersion
from civicloop.apps.issues.progress import progress_line
from civicloop.apps.knowledge.models import Article
from civicloop.config.beside import Beside, Step, command
from civicloop.config.demo_air import load_sample_air
from civicloop.config.demo_knowledge import load_sample_articles
from civicloop.config.demo_measures import load_sample_measures
from civicloop.config.management.commands.serve import HIGHEST_PORT, refuse_taken_port, serve
from civicloop.config.scripted_day import DAY_APPEALS, DayPlayed, play_day, play_morning
from civicloop.config.scripted_day.words import DAY_WORDS
from civicloop.config.worker_process import worker_beside
from civicloop.connectors.sample_city import CityPlan, PlanError, SampleCityFiles, write_sample_city

SOURCE = "sample-city"
ACCURACY = 0.9  # the invented clerks label three rows in a hundred wrongly
DAYS_TO_END, DAYS_OPEN, OPEN_APPEALS = 28, 3, 90
SMALLEST_CITY = 3_000  # appeals; a smaller one has too few of the last weeks for a day
DIRECTORY_DAYS = 90  # so long has the directory been in force on the last day
ACCOUNTS = {
    "guest": ("", Role.GUEST),
    "operator": ("demo-operator", Role.OPERATOR),
    "dispatcher": ("demo-dispatcher", Role.DISPATCHER),
    "supervisor": ("demo-supervisor", Role.SUPERVISOR),
    "reviewer": ("demo-reviewer", Role.REVIEWER),
    "caller-back": ("demo-caller-back", Role.CALLER_BACK),
    "meeting-secretary": ("demo-meeting-secretary", Role.MEETING_SECRETARY),
    "petition-officer": ("demo-petition-officer", Role.PETITION_OFFICER),
    "mediator": ("demo-mediator", Role.MEDIATOR),
    "system-admin": ("demo-system-admin", Role.SYSTEM_ADMIN),
    "security-admin": ("demo-security-admin", Role.SECURITY_ADMIN),
    "audit-admin": ("demo-audit-admin", Role.AUDIT_ADMIN),
}
OF_BUSIEST_UNIT = {
    "clerk": ("demo-clerk", Role.UNIT_CLERK),
    "head": ("demo-head", Role.UNIT_HEAD),
}
EXAMPLES = """examples:
  civicloop demo                           a city of 20,000 appeals, then the site
  civicloop demo --no-serve                the same without the site
  civicloop demo --appeals 1000000         a load test
"""


class Command(ExplainedCommand):
    _beside: Beside | None = None
    summary = gettext_lazy("Generate a sample city, run the loop on it and serve the site.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--appeals", type=whole_number(), help=_("how many appeals; default: 20,000")
        )
        parser.add_argument(
            "--seed", type=whole_number(least=0), help=_("another seed, another city")
        )
        parser.add_argument(
            "--until", type=calendar_day, help=_("last day, YYYY-MM-DD; default: yesterday")
        )
        parser.add_argument("--no-serve", action="store_true", help=_("end when the loop has run"))
        port = whole_number(most=HIGHEST_PORT)
        parser.add_argument("--port", type=port, default=8000, help=_("port of the site"))

    def handle(self, *args: Any, **options: Any) -> None:
        kept = _kept_plan()
        if kept:
            _refuse_another(kept, options)
        plan, files = self._prepare(kept, options)
        ensure_demo_users(ACCOUNTS)
        seed_calendar(actor=None, now=timezone.now())
        if files:
            self._load_city(files)
        else:
            self._step(_("The sample city is already loaded"))
            self.stdout.write(f"  {_word_kept(plan)}")
        self._load_directory(plan)
        with self._meanwhile([*_learning(), *_air(plan)]):
            self._load_articles(plan)
            self._understand()
            self._learn_units()
        self._play_day(plan)
        if plan.appeals < SMALLEST_CITY:
            self._say_what_is_left_out()
        with self._meanwhile([Step(_("Checking the replies"), [command("check_replies")])]):
            self._measure(plan)
            self._show()
        if not options["no_serve"]:
            self._serve(options["port"])

    def _step(self, words: str) -> None:
        self._tell(self._beside.said() if self._beside else ())
        self.stdout.write(f"· {words}")
        self.stdout.flush()

    def _tell(self, said: Iterable[str]) -> None:
        for words in said:
            self.stdout.write(words, ending="")

    @contextmanager
    def _meanwhile(self, steps: Sequence[Step]) -> Iterator[None]:
        """Take steps in a second process, unless it would not see what this one has not committed."""
        if connection.in_atomic_block:
            for step in steps:
                self._step(step.heading)
                for act in step.actions:
                    act(stdout=self.stdout)
            yield
            return
        for step in steps:
            self._step(_("Beside the rest: %(step)s") % {"step": step.heading})
        with Beside(steps) as self._beside:
            yield
            self._step(_("Waiting for what runs beside"))
            self._tell(self._beside.rest())
        self._beside = None

    def _prepare(
        self, kept: CityPlan | None, options: dict[str, Any]
    ) -> tuple[CityPlan, SampleCityFiles | None]:
        """The plan, the tables and, unless it is loaded, the city; of a new database both at once."""
        tables = Step(_("Preparing the database"), [command("migrate", "--verbosity", "0")])
        if not connection.introspection.table_names():
            plan = kept or _new_plan(options)
            with self._meanwhile([tables]):
                files = self._invent(plan)
            return plan, files
        self._step(tables.heading)
        call_command("migrate", verbosity=0)
        if kept is None and Appeal.objects.exists():
            raise CommandError(
                _(
                    "This database holds appeals that are not the demo's. Set CIVICLOOP_DATA to an empty folder."
                )
            )
        plan = kept or _new_plan(options)
        is_loaded = ImportRun.objects.filter(source=SOURCE, state=ImportState.DONE).exists()
        return plan, None if is_loaded else self._invent(plan)

    def _invent(self, plan: CityPlan) -> SampleCityFiles:
        self._step(_("Inventing a city with %(count)s appeals") % {"count": f"{plan.appeals:,}"})
        progress = progress_line(sys.stderr)
        return write_sample_city(
            plan, _folder(), progress=partial(progress, "invent") if progress else None
        )

    def _load_city(self, files: SampleCityFiles) -> None:
        if not TopicTree.objects.exists():
            for what, file in [
                ("areas", files.areas),
                ("units", files.units),
                ("topics", files.topics),
            ]:
                call_command("load_reference", what, str(file), stdout=self.stdout)
        self._step(_("Importing the appeals"))
        call_command("import_appeals", str(files.appeals), source=SOURCE, stdout=self.stdout)

    def _load_articles(self, plan: CityPlan) -> None:
        if not Article.objects.exists():
            self._step(_("Writing the knowledge base"))
            count = load_sample_articles(plan, _folder())
            self.stdout.write("  " + _("%(count)s articles") % {"count": count})

    def _understand(self) -> None:
        self._step(_("Reading the appeals"))
        call_command("read_appeals", stdout=self.stdout)
        newest = Appeal.objects.order_by("-id").values_list("id", flat=True).first()
        last_run = EventRun.objects.first()
        if last_run is None or last_run.last_appeal_id != newest:
            self._step(_("Joining appeals into events"))
            call_command("find_events", stdout=self.stdout)
            self._step(_("Joining events of one cause into classes"))
            call_command("find_classes", stdout=self.stdout)

    def _learn_units(self) -> None:
        if DirectoryVersion.objects.exists() and not UnitModelVersion.objects.exists():
            self._step(_("Learning which unit solves what"))
            handled = str(_folder() / "handled.csv")
            call_command("import_handled", handled, source=SOURCE, stdout=self.stdout)
            _or_why_not(command("train_units"), stdout=self.stdout)

    def _load_directory(self, plan: CityPlan) -> None:
        if DirectoryVersion.objects.exists() or not _directory_file().exists():
            return  # the city of an earlier release has none
        self._step(_("Writing and approving the dispatch directory"))
        first = plan.last_day - timedelta(days=DIRECTORY_DAYS)
        words = ["import", str(_directory_file()), "--from", str(first)]
        call_command("manage_directory", *words, "--user", "dispatcher", stdout=self.stdout)
        approve_directory(  # on its first day: a directory judges no order of the past
            version_id=DirectoryVersion.objects.latest("number").pk,
            actor=User.objects.get(username="supervisor"),
            now=timezone.make_aware(datetime.combine(first, time(8))),
        )

    def _play_day(self, plan: CityPlan) -> None:
        """The day's orders end three weeks before the city's last day; a later morning's stay open.

        Each of the two is played whole or not at all: a demo killed between them plays the rest.
        """
        if plan.appeals < SMALLEST_CITY:
            return
        progress = progress_line(sys.stderr)
        eight = timezone.make_aware(datetime.combine(plan.last_day, time(8)))
        if not JointMeeting.objects.exists():
            self._step(
                _("Playing a day at the hotline: %(count)s appeals") % {"count": DAY_APPEALS}
            )
            played = play_day(start=eight - timedelta(days=DAYS_TO_END), tell=progress)
            self.stdout.write("  " + _word_counts(played))
        morning = eight - timedelta(days=DAYS_OPEN)
        opened = WorkOrder.objects.filter(opened_at__gte=morning)
        if not opened.filter(opened_at__lt=morning + timedelta(days=1)).exists():
            self._step(_("Opening the orders of a later morning"))
            left = play_morning(start=morning, appeals=OPEN_APPEALS, tell=progress)
            self.stdout.write("  " + _word_counts(left))
        if not User.objects.filter(username__in=OF_BUSIEST_UNIT).exists():
            self._staff_busiest_unit()

    def _say_what_is_left_out(self) -> None:
        words = _("Fewer than %(count)s appeals: no day is played and no indicators are worked out")
        self._step(words % {"count": f"{SMALLEST_CITY:,}"})

    def _staff_busiest_unit(self) -> None:
        busiest = OrderParty.objects.filter(is_open=True).values("unit").annotate(n=Count("pk"))
        unit = busiest.order_by("-n", "unit").values_list("unit", flat=True).first()
        if unit is not None:
            ensure_demo_users(OF_BUSIEST_UNIT, unit_id=unit)

    def _measure(self, plan: CityPlan) -> None:
        if plan.appeals < SMALLEST_CITY or FigureRun.objects.exists():
            return
        self._step(_("Working out the city's indicators"))
        done = load_sample_measures(plan, _folder())
        self.stdout.write("  " + _("%(count)s figures") % {"count": f"{done.kept_count:,}"})

    def _show(self) -> None:
        self._step(_("Ranking hot issues"))
        call_command("rank_hot_issues", stdout=self.stdout)
        self._step(_("Raising alarms"))
        call_command("raise_alarms", stdout=self.stdout)

    def _serve(self, port: int) -> None:
        refuse_taken_port("127.0.0.1", port)
        self.stdout.write("\n" + _("The site: http://127.0.0.1:%(port)s/") % {"port": port})
        self.stdout.write(_("Anyone may look around; to work, log in as:"))
        accounts = ACCOUNTS | OF_BUSIEST_UNIT
        for user in (
            User.objects.filter(username__in=accounts).select_related("unit").order_by("pk")
        ):
            password, role = accounts[user.username]
            if password:
                unit = f" · {user.unit}" if user.unit else ""
                self.stdout.write(f"  {user.username:19}{password:24}{role.label}{unit}")
        self.stdout.write(_("Stop with Ctrl-C."))
        self.stdout.flush()
        with worker_beside():
            serve(host="127.0.0.1", port=port, workers=2)


def _word_counts(played: DayPlayed) -> str:
    return _(", ").join(f"{DAY_WORDS[name]} {count}" for name, count in played.counts.items())


def _learning() -> list[Step]:
    """What takes a processor long and needs nothing but the appeals."""
    steps = []
    if not TopicModelVersion.objects.exists():
        train = partial(_or_why_not, command("train_topics", "--accuracy", str(ACCURACY)))
        steps.append(Step(_("Learning topics from the rows that clerks labelled"), [train]))
    suggest = partial(_or_why_not, command("classify_appeals"))
    steps.append(Step(_("Suggesting topics"), [suggest]))
    return steps


def _or_why_not(act: Callable[..., object], *, stdout: TextIO | OutputWrapper) -> None:
    """Learn, or say why there is too little to learn from: a city of one appeal is a city, too."""
    try:
        act(stdout=stdout)
    except CommandError as error:
        stdout.write(f"  {error}\n")


def _air(plan: CityPlan) -> list[Step]:
    if AirSource.objects.exists():
        return []
    return [Step(_("Assessing the air"), [partial(_load_air, plan, _folder())])]


def _load_air(plan: CityPlan, folder: Path, *, stdout: TextIO) -> None:
    days = load_sample_air(plan, folder, is_small=plan.appeals < SMALLEST_CITY)
    stdout.write("  " + _("%(count)s days of cities") % {"count": f"{days:,}"} + "\n")


def _folder() -> Path:
    return Path(settings.DATA_FOLDER) / "sample_city"


def _plan_file() -> Path:
    return _folder() / "plan.json"


def _directory_file() -> Path:
    return _folder() / "directory.csv"


def _kept_plan() -> CityPlan | None:
    """The plan of the first try; a demo that was killed goes on with the same city."""
    file = _plan_file()
    if not file.exists():
        return None
    kept = json.loads(file.read_text())
    last_day = date.fromisoformat(kept["last_day"])
    return CityPlan(seed=kept["seed"], appeals=kept["appeals"], last_day=last_day)


def _refuse_another(kept: CityPlan, options: dict[str, Any]) -> None:
    pairs = [
        (options["appeals"], kept.appeals),
        (options["seed"], kept.seed),
        (options["until"], kept.last_day),
    ]
    if any(asked is not None and asked != there for asked, there in pairs):
        raise CommandError(_word_kept(kept))


def _word_kept(plan: CityPlan) -> str:
    return _(
        "This folder keeps the city of %(appeals)s appeals until %(last_day)s, seed %(seed)s. "
        "For another city choose an empty folder: CIVICLOOP_DATA=var/another civicloop demo …"
    ) % {"appeals": f"{plan.appeals:,}", "last_day": plan.last_day, "seed": plan.seed}


def _new_plan(options: dict[str, Any]) -> CityPlan:
    asked = {name: options[name] for name in ("appeals", "seed") if options[name] is not None}
    last_day = options["until"] or timezone.localdate() - timedelta(days=1)
    try:
        plan = CityPlan(last_day=last_day, **asked)
    except PlanError as error:
        raise CommandError(str(error)) from None
    file = _plan_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name("plan.json.part")
    words = {"seed": plan.seed, "appeals": plan.appeals, "last_day": str(last_day)}
    unfinished.write_text(json.dumps(words))
    unfinished.replace(file)  # a kill leaves a whole plan or none
    return plan
