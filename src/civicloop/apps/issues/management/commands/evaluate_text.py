import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, refuse_unreadable, whole_number
from civicloop.apps.intake.wording import word_unreadable_file
from civicloop.apps.issues.actions.alarms import TooLittleHistoryError
from civicloop.apps.issues.actions.readings import city_gazetteer, kinds_in_use
from civicloop.apps.issues.actions.topics import NoTopicModelError, active_model
from civicloop.apps.issues.alarm_truth import evaluate_listed_bursts, read_listed_bursts
from civicloop.apps.issues.arrival_truth import (
    LEAST_ARRIVALS,
    TooFewArrivalsError,
    evaluate_arrivals,
    read_arrivals,
    sample_arrivals,
)
from civicloop.apps.issues.evaluation import (
    Figures,
    NoJudgedAppealError,
    NoKnownTopicError,
    UnreadableJudgementsError,
    evaluate_events,
    evaluate_topics,
    event_figures,
    read_judged_events,
    read_predicted_events,
    topic_figures,
)
from civicloop.apps.issues.labelled import NoLabelColumnError, read_labelled_file
from civicloop.apps.issues.management.commands.find_events import refuse_unknown_source
from civicloop.apps.issues.pair_models import pair_model_in_use
from civicloop.apps.issues.place_truth import (
    NoPlaceColumnError,
    TooFewPlacesError,
    evaluate_places,
)
from civicloop.apps.issues.queries import event_numbers, shared_number_count
from civicloop.apps.issues.reading_truth import evaluate_readings, read_judged_texts
from civicloop.apps.issues.reply_evaluation import (
    NoReplyColumnError,
    evaluate_replies,
    read_judged_replies,
)
from civicloop.apps.issues.sample_truth import evaluate_on_sample_city
from civicloop.apps.issues.wording_of_figures import word_figures, word_group
from civicloop.connectors.sample_city import PlanError
from civicloop.connectors.spreadsheets.problems import UnreadableFileError
from civicloop.engines.evaluation.judgements import NoJudgementError
from civicloop.engines.text.topics import NotEnoughLabelsError

EXAMPLES = """examples:
  civicloop evaluate --labelled rows.csv --json          the topic model in use, on labelled rows
  civicloop evaluate --events gold.json                  the events of this installation
  civicloop evaluate --events gold.json --predicted p.csv    anyone's id,cluster
  civicloop evaluate --replies judged.csv --label label  which replies are empty, beside their length
  civicloop evaluate --bursts bursts.csv                 the alarms, on a list of bursts: topic,area,from,to
  civicloop evaluate --readings texts.jsonl              kinds, urgency, dangers, problems, places, times
  civicloop evaluate --places file.csv --place-column river   whether events keep places apart
  civicloop evaluate --arrivals appeals.csv              whether one by one ends as a look at all
  civicloop evaluate --sample-arrivals --appeals 6000    the same, on a generated city
  civicloop evaluate --sample-city                       all, on a generated city whose truth is known

texts.jsonl holds a text per line with its kind, its urgency (0 to 3) and the spans of its dangers, requests, places, times
and respondents, as far as somebody judged them: docs/methods/reading.md.

gold.json holds clusters (each with message_ids), negative_pairs (each with a and b: alike, but two
matters), ignore_pairs and ignore_messages. b3s_f1 is the strict B-cubed F1, near_miss_merge the
share of the negative pairs that were wrongly joined.
"""
Measure = Callable[[Any, dict[str, Any]], dict[str, Figures]]
FILES = ("labelled", "events", "predicted", "readings", "replies", "bursts", "places", "arrivals")


class Command(ExplainedCommand):
    summary = gettext_lazy("Measure topics and events on judged data.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        for name, words in {
            "--labelled": _("CSV or XLSX with text and topic"),
            "--events": _("JSON with judged events"),
            "--predicted": _("CSV with id,cluster"),
            "--readings": _("JSON lines: texts with kind and spans"),
            "--replies": _("CSV with message, reply and label"),
            "--bursts": _("CSV with topic,area,from,to"),
            "--places": _("CSV or XLSX with text and the place it is about"),
            "--arrivals": _("CSV or XLSX with text, which comes one by one"),
        }.items():
            parser.add_argument(name, type=Path, metavar="FILE", help=words)
        parser.add_argument(
            "--level", type=whole_number(), help=_("compare only so many levels of the topic")
        )
        parser.add_argument("--label", help=_("column of the label: 1 substantive, 0 empty"))
        parser.add_argument("--place-column", default="place", help=_("column of the place"))
        parser.add_argument(
            "--source", help=_("with --events: only appeals of this source are measured")
        )
        parser.add_argument(
            "--sample-city", action="store_true", help=_("generate a city, use its truth")
        )
        parser.add_argument(
            "--sample-arrivals",
            action="store_true",
            help=_("generate a city, let its appeals come one by one"),
        )
        parser.add_argument(
            "--appeals", type=whole_number(), default=20_000, help=_("size of that city")
        )
        parser.add_argument("--json", action="store_true", help=_("print JSON only"))

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unreadable(*(options[name] for name in FILES))
        figures: dict[str, Figures] = {}
        for name, measure in self._measures().items():
            if options[name]:
                figures |= self._measured(options[name], measure, options)
        if not figures:
            choices = ", ".join(f"--{name.replace('_', '-')}" for name in self._measures())
            raise CommandError(_("Say what to measure: %(choices)s.") % {"choices": choices})
        self._print(figures, as_json=options["json"])

    def _measures(self) -> dict[str, Measure]:
        """How each thing that can be asked for is measured."""
        return {
            "labelled": lambda file, options: self._topics(file, options["level"]),
            "events": lambda file, options: self._events(
                file, options["predicted"], options["source"]
            ),
            "replies": lambda file, options: self._replies(file, options["label"]),
            "bursts": lambda file, _options: self._bursts(file),
            "places": lambda file, options: self._places(file, options["place_column"]),
            "arrivals": lambda file, _options: self._arrivals(file),
            "sample_arrivals": lambda _asked, options: self._sample_arrivals(options["appeals"]),
            "readings": lambda file, _options: self._readings(file),
            "sample_city": lambda _asked, options: self._sample_city(options["appeals"]),
        }

    def _measured(
        self, asked: Any, measure: Measure, options: dict[str, Any]
    ) -> dict[str, Figures]:
        try:
            return measure(asked, options)
        except UnreadableFileError as error:
            raise CommandError(f"{asked}: {word_unreadable_file(error)}") from error
        except UnreadableJudgementsError as error:
            raise CommandError(str(error)) from None

    def _topics(self, file: Path, level: int | None) -> dict[str, Figures]:
        try:
            _version, model = active_model()
            labelled = read_labelled_file(file, today=timezone.localdate())
        except NoTopicModelError:
            raise CommandError(_("No topic model yet: civicloop train")) from None
        except NoLabelColumnError:
            raise CommandError(
                _("%(file)s: no column is recognised as the topic (类别, label, topic …).")
                % {"file": file}
            ) from None
        try:
            return {"topics": topic_figures(evaluate_topics(model, labelled.rows, level=level))}
        except NoKnownTopicError as error:
            words = _(
                "%(file)s: the model in use knows none of its topics, “%(topic)s” for one; compare fewer levels (--level), or train it on such rows."
            )
            raise CommandError(words % {"file": file, "topic": error}) from None

    def _bursts(self, file: Path) -> dict[str, Figures]:
        try:
            return evaluate_listed_bursts(read_listed_bursts(file))
        except TooLittleHistoryError:
            raise CommandError(
                _("Alarms need nine weeks of appeals before the day; there are fewer.")
            ) from None

    def _replies(self, file: Path, label: str | None) -> dict[str, Figures]:
        try:
            return evaluate_replies(read_judged_replies(file, label=label))
        except NoReplyColumnError as error:
            raise CommandError(
                _("%(file)s has no column “%(column)s”.") % {"file": file, "column": error}
            ) from None
        except NoJudgementError:
            raise CommandError(
                _("%(file)s: both labels must occur, 1 for substantive and 0 for empty.")
                % {"file": file}
            ) from None

    def _events(self, file: Path, predicted: Path | None, source: str | None) -> dict[str, Figures]:
        gold = read_judged_events(file)
        try:
            clusters = read_predicted_events(predicted) if predicted else _clusters_here(source)
            return {"events": event_figures(evaluate_events(clusters, gold))}
        except UnreadableFileError as error:
            raise CommandError(f"{predicted}: {word_unreadable_file(error)}") from error
        except NoJudgedAppealError:
            raise CommandError(_word_unmet(file, predicted)) from None

    def _places(self, file: Path, column: str) -> dict[str, Figures]:
        try:
            figures = evaluate_places(
                file, column=column, pair_model=pair_model_in_use(), today=timezone.localdate()
            )
        except NoPlaceColumnError as error:
            raise CommandError(
                _("%(file)s has no column “%(column)s”; name it: --place-column")
                % {"file": file, "column": error}
            ) from None
        except TooFewPlacesError:
            raise CommandError(
                _("%(file)s: the column “%(column)s” does not name two places.")
                % {"file": file, "column": column}
            ) from None
        return {"places in events": figures}

    def _arrivals(self, file: Path) -> dict[str, Figures]:
        messages = read_arrivals(file, today=timezone.localdate())
        try:
            return evaluate_arrivals(messages, pair_model=pair_model_in_use())
        except TooFewArrivalsError:
            raise CommandError(
                _("%(file)s: of %(count)s appeals none would come singly; give %(least)s or more.")
                % {"file": file, "count": len(messages), "least": LEAST_ARRIVALS}
            ) from None

    def _sample_arrivals(self, appeals: int) -> dict[str, Figures]:
        try:
            arrivals = sample_arrivals(appeals=appeals)
            return evaluate_arrivals(arrivals, pair_model=pair_model_in_use())
        except (PlanError, TooFewArrivalsError):
            raise self._no_such_city(appeals) from None

    def _readings(self, file: Path) -> dict[str, Figures]:
        rows = read_judged_texts(file)
        figures = evaluate_readings(rows, gazetteer=city_gazetteer(), kinds=kinds_in_use())
        if not figures:
            raise CommandError(
                _("%(file)s judges nothing; docs/methods/reading.md shows the form.")
                % {"file": file}
            )
        return figures

    def _sample_city(self, appeals: int) -> dict[str, Figures]:
        try:
            return evaluate_on_sample_city(appeals=appeals)
        except (PlanError, NotEnoughLabelsError):
            raise self._no_such_city(appeals) from None

    def _no_such_city(self, appeals: int) -> CommandError:
        words = _("A city of %(count)s appeals cannot be measured; give another number: --appeals")
        return CommandError(words % {"count": f"{appeals:,}"})

    def _print(self, figures: dict[str, Figures], *, as_json: bool) -> None:
        if as_json:
            shown = figures if len(figures) > 1 else next(iter(figures.values()))
            self.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1))
            return
        for what, values in figures.items():
            self.stdout.write(word_group(what))
            for line in word_figures(values):
                self.stdout.write(line)


def _clusters_here(source: str | None) -> dict[str, str]:
    """The event of each appeal by its number; sources that share numbers are asked for one by one."""
    refuse_unknown_source(source)
    if source is None and (shared := shared_number_count()):
        words = _(
            "%(count)s numbers are those of appeals from several sources; choose one: --source"
        )
        raise CommandError(words % {"count": f"{shared:,}"})
    return {number: str(cluster) for number, cluster in event_numbers(source=source)}


def _word_unmet(judged: Path, predicted: Path | None) -> str:
    """Say that a file judges other appeals than those that were put into events."""
    if predicted:
        words = _("%(predicted)s holds none of the appeals that %(judged)s judges.")
        return words % {"predicted": predicted, "judged": judged}
    words = _(
        "%(judged)s judges none of the appeals that are here; its numbers must be those they were imported with."
    )
    return words % {"judged": judged}
