from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.command import refuse_unreadable
from civicloop.apps.dispatch.routing_evaluation import read_judged_cases, routing_figures
from civicloop.apps.dispatch.routing_facts import read_router
from civicloop.apps.dispatch.routing_truth import evaluate_routing_on_sample_city
from civicloop.apps.intake.personal_truth import (
    UnreadableSpansError,
    made_up_details,
    personal_figures,
    read_judged_details,
)
from civicloop.apps.intake.wording import word_reference_problems
from civicloop.apps.issues.evaluation import Figures
from civicloop.apps.issues.management.commands.evaluate_text import EXAMPLES, Measure
from civicloop.apps.issues.management.commands.evaluate_text import Command as EvaluateText
from civicloop.apps.places.reference_files import ReferenceFileError
from civicloop.connectors.sample_city import PlanError
from civicloop.engines.text.topics import NotEnoughLabelsError

SAMPLE_CITY = Path("sample-city")
MADE_UP = Path("made-up")
MORE_EXAMPLES = """
  civicloop evaluate --routing                           coverage and accuracy on a generated city
  civicloop evaluate --routing judged.csv                anyone's text,topic,area,unit, by the rules and
                                                         the unit model in use here
  civicloop evaluate --pii                               how much of names, numbers, homes is hidden, on made-up texts
  civicloop evaluate --pii judged.jsonl                  anyone's texts: {"text": …, "spans": [{"kind": "name",
                                                         "start": 2, "end": 5}, …]}
"""


class Command(EvaluateText):
    examples = EXAMPLES.rstrip("\n") + MORE_EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--routing",
            type=Path,
            nargs="?",
            const=SAMPLE_CITY,
            metavar="FILE",
            help=_("CSV or XLSX with text, topic, area and unit; without a file, the sample city"),
        )

        parser.add_argument(
            "--pii",
            type=Path,
            nargs="?",
            const=MADE_UP,
            metavar="FILE",
            help=_("JSON lines with text and spans; without a file, made-up texts"),
        )

    def _measures(self) -> dict[str, Measure]:
        return {
            **super()._measures(),
            "routing": lambda file, options: self._routing(file, options["appeals"]),
            "pii": lambda file, options: self._personal(file, options["appeals"]),
        }

    def _routing_on_sample_city(self, appeals: int) -> dict[str, Figures]:
        try:
            return evaluate_routing_on_sample_city(appeals=appeals)
        except (PlanError, NotEnoughLabelsError):
            raise CommandError(
                _("A city of %(count)s appeals cannot be measured; give another number: --appeals")
                % {"count": f"{appeals:,}"}
            ) from None

    def _routing(self, file: Path, appeals: int) -> dict[str, Figures]:
        if file == SAMPLE_CITY:
            return self._routing_on_sample_city(appeals)
        refuse_unreadable(file)
        day = timezone.localdate()
        router = read_router(day)
        try:
            cases = read_judged_cases(file, units=router.units, day=day)
        except ReferenceFileError as error:
            raise CommandError(f"{file}\n{word_reference_problems(error.problems)}") from None
        return routing_figures(cases, router, day)

    def _personal(self, file: Path, count: int) -> dict[str, Figures]:
        if file == MADE_UP:
            return personal_figures(made_up_details(count))
        refuse_unreadable(file)
        try:
            return personal_figures(read_judged_details(file))
        except UnreadableSpansError as error:
            raise CommandError(str(error)) from None
