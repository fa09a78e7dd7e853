"""Train the topic classifier, let it suggest, let people settle."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache, partial

from django.db import transaction
from django.db.models import Max, QuerySet

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal, Topic, TopicBasis
from civicloop.apps.issues.models import TopicModelVersion, TopicSuggestion
from civicloop.engines.text.topics import (
    LabelledText,
    TopicModel,
    TopicText,
    train_topic_model,
)
from civicloop.engines.text.topics import TopicSuggestion as Suggestion

Progress = Callable[[str, int, int], None]

APPEALS_PER_BATCH = 1_000
ANSWER_ACCURACY = 0.965
MOST_TRAINING_ROWS = 20_000  # a minute and 1.5 GB; older rows add little
SUGGESTION_FIELDS = (
    "model", "label", "topic", "probability", "second_label", "second_probability",
    "is_abstained", "words",
)  # fmt: skip


class NoTopicModelError(LookupError):
    """No topic model has been trained yet."""


def labelled_appeals() -> list[LabelledText]:
    """The newest appeals whose topic came with them or was confirmed by a person."""
    rows = Appeal.objects.filter(topic_basis__in=[TopicBasis.IMPORTED, TopicBasis.CONFIRMED])
    columns = ("text", "subject", "topic__path", "caller_key")
    return [
        LabelledText(text=text, subject=subject, label=path, group=caller)
        for text, subject, path, caller in rows.order_by("-received_at", "-id").values_list(
            *columns
        )[:MOST_TRAINING_ROWS]
    ]


def train_topics(
    *,
    rows: Sequence[LabelledText],
    trained_on: str,
    now: datetime,
    answer_accuracy: float = ANSWER_ACCURACY,
    progress: Progress | None = None,
) -> TopicModelVersion:
    """Train a new version of the topic model and put it to use.

    The model answers only where it expects to agree with the labels this often; the rest is left
    to a person. Where labels are themselves wrong now and then, ask for less.
    """
    model = train_topic_model(
        rows,
        answer_accuracy=answer_accuracy,
        progress=partial(progress, "train") if progress else None,
    )
    return _keep_model(model, trained_on=trained_on, now=now)


@transaction.atomic
def _keep_model(model: TopicModel, *, trained_on: str, now: datetime) -> TopicModelVersion:
    newest = TopicModelVersion.objects.aggregate(Max("version"))["version__max"] or 0
    TopicModelVersion.objects.filter(is_active=True).update(is_active=False)
    version = TopicModelVersion.objects.create(
        version=newest + 1,
        trained_at=now,
        trained_on=trained_on,
        is_active=True,
        summary=asdict(model.summary),
        payload=model.to_bytes(),
    )
    record_event(
        action="topic_model_trained",
        object_type="topic_model",
        object_id=version.version,
        actor=None,
        now=now,
        details={"trained_on": trained_on},
    )
    return version


def active_model() -> tuple[TopicModelVersion, TopicModel]:
    """The model in use; raises NoTopicModelError before the first training."""
    version = TopicModelVersion.objects.defer("payload").filter(is_active=True).first()
    if version is None:
        raise NoTopicModelError
    return version, _loaded(version.pk, version.trained_at)


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
            )
            for appeal, suggestion in zip(appeals, suggestions, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["appeal"],
        update_fields=SUGGESTION_FIELDS,
    )
    for appeal, suggestion in zip(appeals, suggestions, strict=True):
        appeal.topic = None if suggestion.abstained else topics.get(suggestion.label)
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
