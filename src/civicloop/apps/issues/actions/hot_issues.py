"""Rank the events and topics that people suffer from on one day."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Topic
from civicloop.apps.issues.heat_facts import (
    HeatFacts,
    count_appeals,
    read_event_facts,
    read_topic_facts,
)
from civicloop.apps.issues.models import Event, HotIssue, HotIssueList, HotScope
from civicloop.engines.hotness.ranking import HeatWeights, rank_hot_issues

KEPT_PER_SCOPE = 200
PUBLISHED_WEIGHTS = HeatWeights()


@transaction.atomic
def record_hot_issues(
    *, day: date, window_days: int, now: datetime, weights: HeatWeights = PUBLISHED_WEIGHTS
) -> HotIssueList:
    """Rank what was appealed about in the window that ends on ``day``; replaces that ranking.

    Args:
        day: The last local day of the window.
        window_days: Length of the window in days; 0 is the whole history.
        now: When it is computed.
        weights: How much each factor counts.
    """
    HotIssueList.objects.filter(day=day, window_days=window_days).delete()
    hot_list = HotIssueList.objects.create(
        day=day,
        window_days=window_days,
        computed_at=now,
        weights=asdict(weights),
        appeal_count=count_appeals(day=day, window_days=window_days),
    )
    events = read_event_facts(day=day, window_days=window_days)
    event_titles = dict(Event.objects.values_list("id", "title"))
    HotIssue.objects.bulk_create(_ranked(hot_list, HotScope.EVENT, events, event_titles, weights))
    topics = read_topic_facts(day=day, window_days=window_days)
    topic_paths = dict(Topic.objects.values_list("id", "path"))
    HotIssue.objects.bulk_create(_ranked(hot_list, HotScope.TOPIC, topics, topic_paths, weights))
    record_event(
        action="hot_issues_ranked",
        object_type="hot_issue_list",
        object_id=hot_list.pk,
        actor=None,
        now=now,
        details={"day": day.isoformat(), "window_days": window_days},
    )
    return hot_list


def _ranked(
    hot_list: HotIssueList,
    scope: HotScope,
    facts: Sequence[HeatFacts],
    titles: Mapping[int, str],
    weights: HeatWeights,
) -> list[HotIssue]:
    by_key = {fact.candidate.key: fact for fact in facts}
    ranked = rank_hot_issues(
        [fact.candidate for fact in facts], weights=weights, top=KEPT_PER_SCOPE
    )
    return [
        HotIssue(
            hot_list=hot_list,
            scope=scope,
            rank=issue.rank,
            heat=issue.heat,
            event_id=issue.key if scope == HotScope.EVENT else None,
            topic_id=issue.key if scope == HotScope.TOPIC else None,
            factors=[factor._asdict() for factor in issue.factors],
            daily_counts=list(by_key[issue.key].daily_counts),
            is_rising=issue.rising,
            title=titles[issue.key],
            place=by_key[issue.key].place,
            first_at=by_key[issue.key].first_at,
            last_at=by_key[issue.key].last_at,
            appeal_count=by_key[issue.key].candidate.appeals,
            people_count=by_key[issue.key].candidate.people,
        )
        for issue in ranked
    ]
