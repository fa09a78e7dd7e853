"""Let the topic classifier suggest, let people settle."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal, Topic, TopicBasis
from civicloop.apps.issues.models import TopicModelVersion, TopicSuggestion
from civicloop.engines.text.topics import (
    LabelledText,
    TopicModel,
    TopicModelFileError,
    TopicText,
)
from civicloop.engines.text.topics import TopicSuggestion as Suggestion

Progress = Callable[[str, int, int], None]

APPEALS_PER_BATCH = 1_000
MOST_TRAINING_ROWS = 100_000  # five minutes and 2 GB; older rows add little
SUGGESTION_FIELDS = (
    "model", "label", "topic", "probability", "second_label", "second_probability",
    "is_abstained", "words", "answer", "known_ratio", "further",
)  # fmt: skip


class NoTopicModelError(LookupError):
    """No topic model has been trained yet, or only by another version of this program."""


def labelled_appeals() -> list[LabelledText]:
    """The newest appeals whose topic came with them or was confirmed by a person."""
    rows = Appeal.objects.filter(topic_basis__in=[TopicBasis.IMPORTED, TopicBasis.CONFIRMED])
    columns = ("text", "subject", "topic__path", "caller_key", "received_at", "id")
    return [
        LabelledText(
            text=text,
            subject=subject,
            label=path,
            group=caller,
            received_at=received_at,
            key=str(number),
        )
        for text, subject, path, caller, received_at, number in rows.order_by(
            "-received_at", "-id"
        ).values_list(*columns)[:MOST_TRAINING_ROWS]
    ]


def active_model() -> tuple[TopicModelVersion, TopicModel]:
    """The model in use; raises NoTopicModelError where there is none that this program reads."""
    versions = TopicModelVersion.objects.only("version", "trained_at")  # its figures are large
    version = versions.filter(is_active=True).first()
    if version is None:
        raise NoTopicModelError
    try:
        return version, _loaded(version.pk, version.trained_at)
    except TopicModelFileError as error:
        raise NoTopicModelError from error


@lru_cache(maxsize=1)
def _loaded(version_id: int, _trained_at: datetime) -> TopicModel:
    """The model of a version; a database put back from a backup may use its number again."""
    payload = TopicModelVersion.objects.values_list("payload", flat=True).get(pk=version_id)
    return TopicModel.from_bytes(bytes(payload))


def classify_appeals(*, now: datetime, progress: Progress | None = None) -> int:
    """Suggest a topic for every appeal that has none from its source or from a person.

    Appeals that the active model has already looked at are passed over, so the job can be killed
    and run again. Returns how many appeals were looked at.
    """
    version, model = active_model()
    waiting = _without_suggestion(version)
    total = waiting.count()
    topics = _topics_by_path()
    last_id, done = 0, 0
    while batch := list(waiting.filter(id__gt=last_id).order_by("id")[:APPEALS_PER_BATCH]):
        texts = [TopicText(text=appeal.text, subject=appeal.subject) for appeal in batch]
        _keep_suggestions(version, batch, model.predict(texts), topics, now)
        last_id = batch[-1].pk
        done += len(batch)
        if progress:
            progress("classify", done, total)
    return done


def _without_suggestion(version: TopicModelVersion) -> QuerySet[Appeal]:
    unsettled = Appeal.objects.filter(topic_basis__in=[TopicBasis.NONE, TopicBasis.SUGGESTED])
    return unsettled.exclude(topic_suggestion__model=version)


def _topics_by_path() -> dict[str, Topic]:
    """The newest tree's topics; a label may be a whole path or a topic's own name."""
    newest = Topic.objects.order_by("-tree__valid_from").values_list("tree_id", flat=True).first()
    topics = list(Topic.objects.filter(tree_id=newest).order_by("-level"))
    return {topic.name: topic for topic in topics} | {topic.path: topic for topic in topics}


@transaction.atomic
def _keep_suggestions(
    version: TopicModelVersion,
    appeals: Sequence[Appeal],
    suggestions: Sequence[Suggestion],
    topics: dict[str, Topic],
    now: datetime,
) -> None:
    TopicSuggestion.objects.bulk_create(
        [
            TopicSuggestion(
                appeal=appeal,
                model=version,
                label=suggestion.label,
                topic=topics.get(suggestion.label),
                probability=suggestion.probability,
                second_label=suggestion.second_label,
                second_probability=suggestion.second_probability,
                is_abstained=suggestion.abstained,
                words=[[word.word, word.weight] for word in suggestion.words],
                answer=suggestion.answer,
                known_ratio=suggestion.known_ratio,
                further=[
                    [topic.label, topic.probability, topic.sentence] for topic in suggestion.further
                ],
            )
            for appeal, suggestion in zip(appeals, suggestions, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=SUGGESTION_FIELDS,
    )
    for appeal, suggestion in zip(appeals, suggestions, strict=True):
        appeal.topic = topics.get(suggestion.answer)
        appeal.topic_basis = TopicBasis.SUGGESTED if appeal.topic else TopicBasis.NONE
    Appeal.objects.bulk_update(appeals, ["topic", "topic_basis"], batch_size=200)
    record_event(
        action="topics_suggested",
        object_type="topic_model",
        object_id=version.version,
        actor=None,
        now=now,
        details={"first": appeals[0].pk, "last": appeals[-1].pk, "appeals": len(appeals)},
    )


@transaction.atomic
def settle_topic(*, appeal: Appeal, topic: Topic, actor: User, now: datetime) -> None:
    """A person says what the appeal is about; no model changes that any more."""
    record_event(
        action="topic_settled",
        object_type="appeal",
        object_id=appeal.pk,
        actor=actor,
        now=now,
        details={"before": appeal.topic.path if appeal.topic else "", "after": topic.path},
    )
    appeal.topic = topic
    appeal.topic_basis = TopicBasis.CONFIRMED
    appeal.save(update_fields=["topic", "topic_basis"])
