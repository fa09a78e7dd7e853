"""Ask the city's own model how alike the appeals are that the engine has compared."""

import logging
import math
from collections.abc import Sequence
from datetime import datetime
from operator import mul

from django.db import transaction
from django.db.models import Q

from civicloop.apps.audit.actions import record_event
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.models import MeaningComparison, SimilarAppeal
from civicloop.connectors.model_endpoint import ModelEndpoint, ModelEndpointError, Vector

MOST_PAIRS = 5_000  # of one run, those of the newest appeals
FAILURE_LENGTH = 300
ROWS_PER_STATEMENT = 500

logger = logging.getLogger(__name__)


def compare_meanings(*, endpoint: ModelEndpoint, now: datetime) -> MeaningComparison:
    """Keep for the newest pairs that have none how alike the model finds them.

    Nothing else rests on it: events, alarms and heat are as without. A model that cannot be asked is
    noted and logged, and what was kept before stays. Reports of a wrong are never sent.
    """
    waiting = SimilarAppeal.objects.filter(meaning__isnull=True).exclude(
        Q(appeal__kind=Kind.REPORT) | Q(other__kind=Kind.REPORT)
    )
    newest = waiting.order_by("-appeal_id", "-score").only("appeal_id", "other_id")
    pairs = list(newest[:MOST_PAIRS])
    ids = sorted({number for pair in pairs for number in (pair.appeal_id, pair.other_id)})
    words = Appeal.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "subject", "text")
    texts = {pk: f"{subject}\n{text}".strip() for pk, subject, text in words}
    try:
        vectors = dict(zip(texts, endpoint.embed(list(texts.values())), strict=True))
    except ModelEndpointError as error:
        logger.error("The city's own model could not be asked: %s", error)
        return _keep([], {}, endpoint=endpoint, now=now, failure=str(error))
    return _keep(pairs, vectors, endpoint=endpoint, now=now)


@transaction.atomic
def _keep(
    pairs: Sequence[SimilarAppeal],
    vectors: dict[int, Vector],
    *,
    endpoint: ModelEndpoint,
    now: datetime,
    failure: str = "",
) -> MeaningComparison:
    for pair in pairs:
        pair.meaning = _cosine(vectors[pair.appeal_id], vectors[pair.other_id])
    SimilarAppeal.objects.bulk_update(pairs, ["meaning"], batch_size=ROWS_PER_STATEMENT)
    run = MeaningComparison.objects.create(
        compared_at=now,
        model_name=endpoint.name,
        pair_count=len(pairs),
        failure=failure[:FAILURE_LENGTH],
    )
    record_event(
        action="meanings_compared",
        object_type="meaning_comparison",
        object_id=run.pk,
        actor=None,
        now=now,
        details={"pairs": len(pairs), "appeals_sent": len(vectors), "failure": run.failure},
    )
    return run


def _cosine(one: Vector, other: Vector) -> float:
    lengths = math.hypot(*one) * math.hypot(*other)
    return math.fsum(map(mul, one, other)) / lengths if lengths else 0.0
