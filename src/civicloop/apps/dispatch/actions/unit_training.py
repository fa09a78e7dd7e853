"""Learn from earlier orders which unit solves what, and how sure one must be to leave it at that."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.dispatch.directory_facts import (
    CityUnits,
    directory_on,
    read_units,
    rule_book,
)
from civicloop.apps.dispatch.handled import HandledAppeal, handled_appeals
from civicloop.apps.dispatch.models import UnitModelVersion
from civicloop.apps.dispatch.unit_models import active_unit_model
from civicloop.apps.issues.model_gain import gain_on_unseen, kept_comparison, row_digest
from civicloop.engines.routing.rules import Case, Choice, RuleBook
from civicloop.engines.routing.thresholds import Guess, lowest_threshold, measure
from civicloop.engines.text.topics import LabelledText, TopicTraining, learn_topics

Progress = Callable[[str, int, int], None]

WANTED_ACCURACY = 0.95
RETURNED_WEIGHT = 2  # an order that a unit gave back teaches as much as two


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedUnits:
    """A new version, and on how many orders it learned."""

    version: UnitModelVersion
    rows: int
    returned: int  # of them


def train_units(
    *,
    now: datetime,
    wanted_accuracy: float = WANTED_ACCURACY,
    promote: bool = False,
    progress: Progress | None = None,
) -> TrainedUnits:
    """Learn from who finally solved what; put the version to use if it is measurably better.

    The threshold is the least probability from which on so large a share of the newest orders, on
    which the directory agrees, went to the right unit. Raises NotEnoughLabelsError.
    """
    units = read_units()
    handled = handled_appeals(units)
    rows = training_rows(handled, units)
    training = learn_topics(
        rows,
        answer_accuracy=wanted_accuracy,
        progress=partial(progress, "train") if progress else None,
    )
    directory = directory_on(timezone.localdate(now))
    book = rule_book(directory, units) if directory else None
    guesses = newest_guesses(training, rows, handled, units, book)
    threshold = lowest_threshold(guesses, wanted_accuracy)
    version = _version(training, rows, now=now, wanted_accuracy=wanted_accuracy)
    version.threshold = threshold
    version.validation = _validation(guesses, threshold, directory.number if directory else None)
    is_better = version.comparison is None or version.comparison.get("is_measured", False)
    returned = sum(one.was_returned for one in handled)
    return TrainedUnits(
        version=_keep(version, is_promoted=is_better or promote),
        rows=len(handled),
        returned=returned,
    )


def training_rows(handled: Sequence[HandledAppeal], units: CityUnits) -> list[LabelledText]:
    """One row for each appeal, two for one that a unit gave back before the right one solved it."""
    return [
        LabelledText(
            text=one.text,
            subject=one.subject,
            label=units.duties.label_of(one.unit),
            group=one.caller,
            received_at=one.received_at,
            key=str(one.appeal_id),
        )
        for one in handled
        for _copy in range(RETURNED_WEIGHT if one.was_returned else 1)
    ]


def newest_guesses(
    training: TopicTraining,
    rows: Sequence[LabelledText],
    handled: Sequence[HandledAppeal],
    units: CityUnits,
    book: RuleBook | None,
) -> list[Guess]:
    """How the newest appeals would have been routed by a model of the older ones, each once."""
    by_key = {str(one.appeal_id): one for one in handled}
    newest = {rows[guess.row].key: guess for guess in training.guesses if guess.is_newest}
    found = []
    for key, guess in newest.items():
        one = by_key[key]
        unit = units.duties.unit_of(guess.predicted, one.area)
        agreed = not book or _lead(book, one) == unit
        found.append(
            Guess(
                probability=guess.probability,
                is_right=unit == one.unit,
                may_go=bool(unit) and agreed,
            )
        )
    return found


def _lead(book: RuleBook, one: HandledAppeal) -> str:
    day: date = timezone.localdate(one.received_at)
    choice = book.choose(Case(topic=one.topic, area=one.area, day=day))
    is_clear = isinstance(choice, Choice) and not choice.finer
    return choice.rule.lead if isinstance(choice, Choice) and is_clear else ""


def _validation(
    guesses: Sequence[Guess], threshold: float, directory: int | None
) -> dict[str, object]:
    measured = measure(guesses, threshold)
    return {
        "rows": measured.rows,
        "coverage": measured.coverage,
        "accuracy": measured.accuracy,
        "low": measured.interval.low,
        "high": measured.interval.high,
        "directory": directory,
    }


def _version(
    training: TopicTraining, rows: Sequence[LabelledText], *, now: datetime, wanted_accuracy: float
) -> UnitModelVersion:
    digests = [row_digest(row) for row in rows]
    before = active_unit_model()
    comparison = None
    if before:
        version, model = before
        stored = UnitModelVersion.objects.values_list("seen", flat=True).get(pk=version.pk)
        gain = gain_on_unseen(training, rows, digests, bytes(stored), model)
        comparison = kept_comparison(gain, version.version)
    return UnitModelVersion(
        trained_at=now,
        summary=asdict(training.model.summary),
        payload=training.model.to_bytes(),
        comparison=comparison,
        seen=b"".join(sorted(set(digests))),
        wanted_accuracy=wanted_accuracy,
    )


@transaction.atomic
def _keep(version: UnitModelVersion, *, is_promoted: bool) -> UnitModelVersion:
    newest = UnitModelVersion.objects.aggregate(Max("version"))["version__max"] or 0
    version.version = newest + 1
    version.is_active = is_promoted
    if is_promoted:
        UnitModelVersion.objects.filter(is_active=True).update(is_active=False)
    version.save()
    _record("unit_model_trained", version, None, version.trained_at)
    return version


@transaction.atomic
def use_unit_model(*, version: UnitModelVersion, actor: User, now: datetime) -> bool:
    """Let this version suggest from now on, a newer or an older one; False if it does already."""
    versions = UnitModelVersion.objects.select_for_update().only("version", "is_active")
    if versions.filter(pk=version.pk, is_active=True).exists():
        return False
    versions.filter(is_active=True).update(is_active=False)
    versions.filter(pk=version.pk).update(is_active=True)
    _record("unit_model_promoted", version, actor, now)
    return True


def _record(action: str, version: UnitModelVersion, actor: User | None, now: datetime) -> None:
    record_event(
        action=action,
        object_type="unit_model",
        object_id=version.version,
        actor=actor,
        now=now,
        details={"in_use": version.is_active, "threshold": version.threshold},
    )
