"""Questions about the topic model: its versions, its drift, what a person should label next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Avg, Max, QuerySet

from civicloop.apps.intake.models import Appeal, TopicBasis
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.models import TopicModelVersion, TopicSuggestion
from civicloop.engines.text.topics import TopicText, UsualMessages
from civicloop.engines.text.topics.drift import DriftWarning, NewMessages, drift_warnings
from civicloop.engines.text.topics.questions import ConflictKind, choose_for_labelling

DRIFT_DAYS = 28
CANDIDATES = 500  # most doubtful suggestions that are spread over


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLabel:
    """An appeal that is worth a person's label."""

    appeal: Appeal
    suggestion: TopicSuggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A labelled row that something speaks against."""

    kind: str
    key: str  # the appeal's number in this installation, or the row of the file
    label: str
    other_label: str
    other_key: str  # of the row with nearly the same text
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeTexts:
    """Rows of nearly one text that are filed under several topics."""

    filings: tuple[tuple[str, tuple[str, ...]], ...]  # topic and its rows, fewest rows first


def model_versions() -> QuerySet[TopicModelVersion]:
    """Every version, newest first, without its bytes."""
    return TopicModelVersion.objects.defer("payload", "seen", "conflicts")


def drift_of(version: TopicModelVersion) -> tuple[DriftWarning, ...]:
    """How the appeals of the newest weeks differ from those the version learned from."""
    usual = version.summary.get("usual")
    newest = TopicSuggestion.objects.filter(model=version)
    last = newest.aggregate(last=Max("appeal__received_at"))["last"]
    if usual is None or last is None:
        return ()
    recent = newest.filter(appeal__received_at__gt=last - timedelta(days=DRIFT_DAYS))
    means = recent.aggregate(probability=Avg("probability"), known=Avg("known_ratio"))
    labels = Counter(recent.values_list("label", flat=True))
    tops: Counter[str] = Counter()
    for label, count in labels.items():
        tops[label.split("/")[0]] += count
    new = NewMessages(
        count=labels.total(),
        top_counts=tops,
        probability=means["probability"],
        known=means["known"],
    )
    return drift_warnings(_usual(usual), new)


def _usual(kept: dict[str, Any]) -> UsualMessages:
    return UsualMessages(
        top_shares=kept["top_shares"],
        probability=tuple(kept["probability"]),
        known=tuple(kept["known"]),
    )


def appeals_to_label(version: TopicModelVersion, *, most: int) -> list[ToLabel]:
    """The appeals whose label would teach the model most: doubtful, and unlike each other."""
    doubtful = (
        TopicSuggestion.objects.filter(model=version, is_abstained=True)
        .exclude(appeal__topic_basis__in=[TopicBasis.IMPORTED, TopicBasis.CONFIRMED])
        .select_related("appeal")
        .order_by("probability", "appeal_id")
    )
    candidates = list(without_hidden(doubtful, "appeal")[:CANDIDATES])
    doubts = [1 - (one.probability - one.second_probability) for one in candidates]
    texts = [TopicText(text=one.appeal.text, subject=one.appeal.subject) for one in candidates]
    chosen = choose_for_labelling(texts, doubts, most=most)
    return [
        ToLabel(appeal=candidates[place].appeal, suggestion=candidates[place]) for place in chosen
    ]


def label_conflicts(version: TopicModelVersion) -> list[Conflict]:
    """The rows the version learned from whose label something speaks against."""
    rows: Sequence[Sequence[Any]] = version.conflicts
    return [
        Conflict(
            kind=kind,
            key=key,
            label=label,
            other_label=other_label,
            other_key=other_key,
            probability=probability,
        )
        for kind, key, label, other_label, other_key, probability in rows
    ]


def guessed_otherwise(conflicts: Sequence[Conflict]) -> list[Conflict]:
    """The rows that a model which had not seen them is sure to file otherwise, surest first."""
    return [one for one in conflicts if one.kind == ConflictKind.SURE_OF_ANOTHER]


def like_texts(conflicts: Sequence[Conflict]) -> list[LikeTexts]:
    """The contradictions of nearly one text, each text once however many pairs of rows it makes."""
    label_of: dict[str, str] = {}
    group_of: dict[str, list[str]] = {}
    for one in conflicts:
        if one.kind != ConflictKind.SAME_TEXT:
            continue
        label_of |= {one.key: one.label, one.other_key: one.other_label}
        ends = [group_of.setdefault(key, [key]) for key in (one.key, one.other_key)]
        smaller, larger = sorted(ends, key=len)
        if smaller is not larger:
            larger += smaller
            group_of |= dict.fromkeys(smaller, larger)
    groups = {id(group): group for group in group_of.values()}
    return [_filed(group, label_of) for group in groups.values()]


def _filed(group: Sequence[str], label_of: Mapping[str, str]) -> LikeTexts:
    rows: dict[str, list[str]] = {}
    for key in group:
        rows.setdefault(label_of[key], []).append(key)
    fewest_first = sorted(rows.items(), key=lambda filed: (len(filed[1]), filed[0]))
    return LikeTexts(filings=tuple((label, tuple(keys)) for label, keys in fewest_first))
