"""Weights of the same-event engine learned from what operators decided."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.engines.text.judged_town import town

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.issues.actions.decide import (
    confirm_event,
    merge_events,
    split_event,
    undo_decision,
)
from civicloop.apps.issues.actions.find_events import find_events_in_history, place_new_appeals
from civicloop.apps.issues.actions.learn_pairs import (
    NothingLookedAtError,
    TooFewJudgementsError,
    learn_from_decisions,
)
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.judged_pairs import LEFT_OUT, decided_judgements
from civicloop.apps.issues.models import (
    EventMember,
    PairModelVersion,
    SimilarAppeal,
    SimilarityBasis,
)
from civicloop.apps.issues.pair_models import pair_model_in_use
from civicloop.apps.issues.pair_words import EVIDENCE_WORDS
from civicloop.engines.text.events import PRIOR
from civicloop.engines.text.events.model import EVIDENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_town(make_appeal, now):
    """Make a town's appeals and let the engine look at them; gives those of each event."""

    def make(places):
        messages, event_of = town(places)
        appeals_of = {}
        for m in messages:
            appeal = make_appeal(m.text, subject="", received_at=m.received_at)
            appeals_of.setdefault(event_of[m.id], []).append(appeal)
        find_events_in_history(now=now)
        return appeals_of

    return make


def together(*appeals):
    """Put appeals into one event, as the engine might have."""
    members = [appeal.pk for appeal in appeals]
    event = describe_event(list(read_member_facts(members).values()), terms=[])
    event.save()
    EventMember.objects.filter(appeal_id__in=members).delete()
    EventMember.objects.bulk_create([EventMember(appeal=a, event=event) for a in appeals])
    return event


@pytest.fixture
def decide_about(dispatcher, now):
    """Confirm the events of places with one trouble, and part the troubles of those with two."""

    def decide(appeals_of):
        for number in sorted(appeals_of):
            other = appeals_of.get(number + 1) if number % 2 == 0 else None
            if other:
                event = together(*appeals_of[number], *other)
                split_event(event=event, appeals=other, actor=dispatcher, now=now)
            elif number % 2 == 0:
                confirm_event(event=together(*appeals_of[number]), actor=dispatcher, now=now)

    return decide


def half(appeals_of):
    return {number: appeals for number, appeals in appeals_of.items() if number // 8 % 2 == 0}


def found_whole(appeals_of):
    """How many of these events the engine joins with all their appeals."""
    event_of = dict(EventMember.objects.values_list("appeal_id", "event_id"))
    events = [{event_of.get(a.pk) for a in appeals} for appeals in appeals_of.values()]
    return sum(len(event) == 1 and None not in event for event in events)


def command(*words, **options):
    out = StringIO()
    call_command("learn_pairs", *words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.one_database  # a minute of the engine's
def test_many_decisions_are_learned_from_and_find_more_events(make_town, decide_about, now):
    appeals_of = make_town(80)
    decided = half(appeals_of)
    others = {n: a for n, a in appeals_of.items() if n not in decided}
    before = found_whole(others)
    decide_about(decided)

    version = learn_from_decisions(now=now)
    run = place_new_appeals(now=now)

    assert version.is_active
    assert version.figures["f1_now"] > version.figures["f1_before"]
    assert not run.is_incremental
    assert found_whole(others) >= before + 5  # of 40; how many exactly, the last bits decide
    assert pair_model_in_use().as_data() == version.weights
    actions = AuditEvent.objects.filter(object_type="pair_model").order_by("id")
    assert [event.action for event in actions] == ["pair_model_learned", "pair_model_promoted"]


def test_few_decisions_are_kept_but_not_put_to_use(make_town, decide_about, now):
    appeals_of = make_town(20)
    decide_about({number: appeals_of[number] for number in (0, 2, 3, 4)})

    version = learn_from_decisions(now=now)

    assert (version.version, version.is_active, version.decision_count) == (1, False, 3)
    assert pair_model_in_use() is PRIOR
    assert SimilarityBasis.objects.exists()


def test_a_version_is_compared_on_what_the_one_in_use_has_not_seen(make_town, decide_about, now):
    appeals_of = make_town(20)
    decide_about({number: appeals_of[number] for number in (0, 2, 3)})
    learn_from_decisions(now=now, promote=True)
    find_events_in_history(now=now)
    decide_about({number: appeals_of[number] for number in (6, 7)})

    version = learn_from_decisions(now=now)

    assert version.figures["against"] == 1
    assert version.figures["groups"] == 1
    assert not version.is_active


def test_a_decision_undone_is_not_learned_from(make_event, dispatcher, now):
    first, second = make_event(size=2), make_event(size=3)
    decision = merge_events(events=[first, second], actor=dispatcher, now=now)
    members = list(EventMember.objects.values_list("appeal_id", flat=True))
    merged = {(one.first, one.second) for one in decided_judgements() if one.same}

    undo_decision(decision=decision, actor=dispatcher, now=now)

    assert merged == {(a, b) for a in members for b in members if a < b}
    assert decided_judgements() == []


def test_what_is_shown_beside_a_confirmed_event_counts_a_little(make_event, dispatcher, now):
    confirmed, beside = make_event(size=2), make_event(size=2)
    one, other = (event.members.order_by("appeal_id").first() for event in (confirmed, beside))
    SimilarAppeal.objects.create(
        appeal=one.appeal, other=other.appeal, score=0.4, is_same_event=False, reasons=[]
    )
    confirm_event(event=confirmed, actor=dispatcher, now=now)

    [left_out] = [judgement for judgement in decided_judgements() if not judgement.same]

    assert (left_out.first, left_out.second) == (one.appeal_id, other.appeal_id)
    assert left_out.weight == LEFT_OUT


def test_a_large_event_split_is_learned_from_in_part(make_event, dispatcher, now):
    event = make_event(size=60)
    appeals = [member.appeal for member in event.members.order_by("appeal_id")]
    split_event(event=event, appeals=appeals[:30], actor=dispatcher, now=now)

    judgements = decided_judgements()

    apart = [one for one in judgements if not one.same]
    assert {one.first for one in apart} == {appeal.pk for appeal in appeals[:30]}
    assert {one.second for one in apart} == {appeal.pk for appeal in appeals[30:]}
    assert len(apart) < 30 * 30
    assert sum(one.same for one in judgements) == 12 * 11 / 2


def test_nothing_is_learned_before_a_look_at_the_appeals(make_event, dispatcher, now):
    confirm_event(event=make_event(), actor=dispatcher, now=now)

    with pytest.raises(NothingLookedAtError):
        learn_from_decisions(now=now)


def test_nothing_is_learned_from_one_verdict_alone(make_appeal, dispatcher, now):
    appeals = [make_appeal(), make_appeal()]
    find_events_in_history(now=now)
    confirm_event(event=together(*appeals), actor=dispatcher, now=now)

    with pytest.raises(TooFewJudgementsError):
        learn_from_decisions(now=now)
    with pytest.raises(CommandError):
        command()


def test_the_command_learns_from_a_file_of_judged_events(make_town, tmp_path):
    appeals_of = half(make_town(80))
    clusters = [{"message_ids": [a.source_key for a in group]} for group in appeals_of.values()]
    parted = [
        {"a": a.source_key, "b": b.source_key}
        for number, group in appeals_of.items()
        for a in group
        for b in (appeals_of.get(number + 1, []) if number % 2 == 0 else [])
    ]
    clusters.append({"message_ids": ["not here", "nor here"]})
    ignored = [[appeals_of[0][0].source_key, appeals_of[0][1].source_key]]
    file = tmp_path / "gold.json"
    file.write_text(
        json.dumps({"clusters": clusters, "negative_pairs": parted, "ignore_pairs": ignored})
    )

    told = command(judged=file)

    version = PairModelVersion.objects.get()
    assert version.is_active
    assert version.file_name == "gold.json"
    assert version.figures["same"] == 3 * len(appeals_of) - 1
    assert version.figures["apart"] == len(parted)
    assert "gold.json" in told
    assert f"{version.figures['f1_now']:.3f}" in told


def test_the_command_says_why_a_version_is_not_put_to_use(make_town, decide_about):
    appeals_of = make_town(20)
    decide_about({number: appeals_of[number] for number in (0, 2, 3)})

    kept = command()
    used = command(promote=True)

    assert kept.splitlines()[2] != used.splitlines()[2]
    assert list(PairModelVersion.objects.values_list("version", "is_active")) == [
        (2, True),
        (1, False),
    ]


def test_an_older_version_and_the_shipped_weights_can_be_put_to_use(make_town, decide_about, now):
    appeals_of = make_town(20)
    decide_about({number: appeals_of[number] for number in (0, 2, 3)})
    learn_from_decisions(now=now, promote=True)

    command(use=0)
    assert pair_model_in_use() is PRIOR
    command(use=1)
    assert PairModelVersion.objects.get().is_active
    with pytest.raises(CommandError):
        command(use=7)


def test_the_command_refuses_what_it_cannot_read(make_town, tmp_path):
    file = tmp_path / "gold.json"
    file.write_text("[]")
    with pytest.raises(CommandError):
        command()

    make_town(2)

    with pytest.raises(CommandError):
        command(judged=file)


def test_every_kind_of_evidence_has_words():
    assert EVIDENCE_WORDS.keys() == set(EVIDENCE)
