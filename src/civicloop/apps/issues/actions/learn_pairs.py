"""Learn the same-event engine's weights from what people judged, and put a version to use."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import Max, Min

from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.issues.actions.find_events import background_of
from civicloop.apps.issues.event_store import DatabaseStore
from civicloop.apps.issues.judged_pairs import (
    Pair,
    decided_judgements,
    decisions_in_force,
    judgements_of_file,
)
from civicloop.apps.issues.messages import place_names
from civicloop.apps.issues.models import PairModelVersion, SimilarAppeal, SimilarityBasis
from civicloop.apps.issues.pair_models import version_in_use, weights_of
from civicloop.engines.text.events import PRIOR, Background
from civicloop.engines.text.events.learning import (
    JudgedPairs,
    Judgement,
    PairGain,
    changes,
    fit_pair_model,
    judged_pairs,
    measure_pair_gain,
)

REHEARSED = 2_000  # unjudged pairs on which the weights are to stay as they were
CHANGES_KEPT = 8


class NothingLookedAtError(ValueError):
    """The same-event engine has not looked at the appeals yet."""


class TooFewJudgementsError(ValueError):
    """Weights are learned from both: pairs that are one matter, and pairs that are not."""


class UnknownVersionError(ValueError):
    """There is no such version."""


def learn_from_decisions(
    *, now: datetime, file: Path | None = None, promote: bool = False
) -> PairModelVersion:
    """Learn from all decisions in force and, if given, a file of judged events.

    The version is put to use if it is measurably better on judgements that it was not fitted on,
    or if told to; else it is kept beside the one in use.

    Raises:
        NothingLookedAtError: there is no look at the history to build on.
        TooFewJudgementsError: only one of the two verdicts was ever given.
        UnreadableJudgementsError: the file is not in the expected form.
    """
    basis_id = SimilarityBasis.objects.values_list("id", flat=True).first()
    if basis_id is None:
        raise NothingLookedAtError
    background = background_of(basis_id)
    judgements = _agreed(judgements_of_file(file) if file else [], decided_judgements())
    pairs, judged = _measured(judgements, background)
    if judged.same.all() or not judged.same.any():
        raise TooFewJudgementsError
    rehearsed = _rehearsed({number for pair in pairs for number in pair}, background)
    before = version_in_use()
    unseen = _unseen(pairs, judged, before)
    gain = measure_pair_gain(judged, rehearsed=rehearsed, in_use=weights_of(before), unseen=unseen)
    model = fit_pair_model(judged, rehearsed=rehearsed)
    version = PairModelVersion(
        learned_at=now,
        decision_count=decisions_in_force(),
        file_name=file.name if file else "",
        pairs=pairs,
        weights=model.as_data(),
        changed=[[c.factor, c.evidence, c.step] for c in changes(PRIOR, model, CHANGES_KEPT)],
        figures=_figures(gain, judged, before),
    )
    return _keep(version, is_promoted=gain.is_measured or promote)


def _agreed(of_file: Sequence[Judgement], decided: Sequence[Judgement]) -> list[Judgement]:
    """What people decided here outweighs a file."""
    found = {(one.first, one.second): one for one in (*of_file, *decided)}
    return [found[pair] for pair in sorted(found)]


def _measured(
    judgements: Sequence[Judgement], background: Background
) -> tuple[list[Pair], JudgedPairs]:
    """Measure the pairs whose appeals are still there; give them by their ids, too."""
    store = DatabaseStore(place_names())
    wanted = {number for one in judgements for number in (one.first, one.second)}
    messages = sorted(store.messages(wanted), key=lambda message: message.id)
    there = {message.id for message in messages}
    known = [one for one in judgements if one.first in there and one.second in there]
    pairs = [(one.first, one.second) for one in known]
    return pairs, judged_pairs(messages, known, background)


def _rehearsed(judged: Set[int], background: Background) -> npt.NDArray[np.float64]:
    """Measure some of the pairs that were compared and judged by nobody."""
    ends = SimilarAppeal.objects.aggregate(first=Min("id"), last=Max("id"))
    every = range(ends["first"] or 0, (ends["last"] or 0) + 1)
    numbers = Random(1).sample(every, min(4 * REHEARSED, len(every)))  # noqa: S311
    rows = SimilarAppeal.objects.filter(pk__in=numbers).values_list("appeal_id", "other_id")
    pairs = sorted({(min(pair), max(pair)) for pair in rows if judged.isdisjoint(pair)})
    chosen = sorted(Random(2).sample(pairs, min(REHEARSED, len(pairs))))  # noqa: S311
    told = [Judgement(first=first, second=second, same=False) for first, second in chosen]
    return _measured(told, background)[1].evidence


def _unseen(
    pairs: Sequence[Pair], judged: JudgedPairs, before: PairModelVersion | None
) -> npt.NDArray[np.bool_]:
    """Tell which pairs hang together with none that the version in use was fitted on."""
    seen = {(first, second) for first, second in before.pairs} if before else set()
    fitted = np.array([pair in seen for pair in pairs], bool)
    return ~np.isin(judged.group, judged.group[fitted])


def _figures(
    gain: PairGain, judged: JudgedPairs, before: PairModelVersion | None
) -> dict[str, object]:
    return {
        **asdict(gain),
        "f1_now": gain.now.f1,
        "f1_before": gain.before.f1,
        "is_measured": gain.is_measured,
        "against": before.version if before else 0,
        "same": int(judged.same.sum()),
        "apart": int((~judged.same).sum()),
    }


@transaction.atomic
def _keep(version: PairModelVersion, *, is_promoted: bool) -> PairModelVersion:
    newest = PairModelVersion.objects.aggregate(Max("version"))["version__max"] or 0
    version.version = newest + 1
    version.save()
    _record("pair_model_learned", version.version, version.learned_at, {"promoted": is_promoted})
    if is_promoted:
        use_pair_model(version=version.version, now=version.learned_at)
        version.is_active = True
    return version


@transaction.atomic
def use_pair_model(*, version: int, now: datetime) -> None:
    """Let a version judge from now on, 0 for the shipped weights; all appeals are looked at anew.

    Raises:
        UnknownVersionError: there is no such version.
    """
    versions = PairModelVersion.objects.select_for_update()
    if version and not versions.filter(version=version).exists():
        raise UnknownVersionError
    before = version_in_use()
    versions.filter(is_active=True).update(is_active=False)
    versions.filter(version=version).update(is_active=True)
    SimilarityBasis.objects.all().delete()
    details = {"before": before.version if before else 0}
    _record("pair_model_promoted", version, now, details)


def _record(action: str, version: int, now: datetime, details: Mapping[str, Json]) -> None:
    record_event(
        action=action,
        object_type="pair_model",
        object_id=version,
        actor=None,
        now=now,
        details=details,
    )
