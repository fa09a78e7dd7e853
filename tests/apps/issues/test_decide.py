import random
from contextlib import suppress
from datetime import date
from itertools import combinations

import pytest

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.actions.decide import (
    DecisionRefusedError,
    confirm_event,
    join_appeal,
    merge_events,
    split_event,
    undo_decision,
)
from civicloop.apps.issues.actions.find_events import find_events_in_history
from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.actions.store_events import Clusters, store_clusters
from civicloop.apps.issues.constraints import constraints_in_force
from civicloop.apps.issues.messages import (
    DecisionsKnown,
    read_messages,
)
from civicloop.apps.issues.models import (
    Event,
    EventClass,
    EventClassMember,
    EventDecision,
    EventMember,
    HotIssue,
    SimilarAppeal,
)
from civicloop.apps.issues.queries import hot_issues_of, similar_to
from civicloop.engines.text.events import learn_background


def members_of(event: Event) -> list[int]:
    return sorted(EventMember.objects.filter(event=event).values_list("appeal_id", flat=True))


def appeals_of(event: Event) -> list[Appeal]:
    return [member.appeal for member in event.members.order_by("appeal_id")]


def pairs_in_force() -> set[tuple[int, int, bool]]:
    return {(c.first, c.second, c.same) for c in constraints_in_force()}


def test_merge_keeps_the_larger_event_and_all_its_new_members(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)
    everyone = members_of(small) + members_of(large)

    decision = merge_events(events=[small, large], actor=dispatcher, now=now)

    assert decision.event == large
    assert members_of(large) == sorted(everyone)
    assert not Event.objects.filter(pk=small.pk).exists()
    large.refresh_from_db()
    assert (large.appeal_count, large.people_count) == (5, 5)


def test_merge_is_kept_as_pairs_that_are_one_matter(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)
    first, *others = sorted([*members_of(small), *members_of(large)])

    merge_events(events=[small, large], actor=dispatcher, now=now)

    assert pairs_in_force() == {(first, other, True) for other in others}


def test_a_merge_holds_when_the_engine_looks_at_everything_again(make_event, dispatcher, now):
    """The two matters have nothing in common; only the person's word keeps them together."""
    heating = make_event(size=6, text="青禾苑三期暖气不热，室内只有十三度")
    stalls = make_event(size=6, text="梧桐里菜市场门口流动摊贩占道经营")
    merged = merge_events(events=[heating, stalls], actor=dispatcher, now=now).event

    find_events_in_history(now=now)

    assert len(members_of(merged)) == 12


def test_a_merged_event_that_is_gone_is_refused(make_event, dispatcher, now):
    first, second, third = (make_event() for _ in range(3))
    merge_events(events=[first, second], actor=dispatcher, now=now)

    with pytest.raises(DecisionRefusedError):
        merge_events(events=[second, third], actor=dispatcher, now=now)


def test_a_hot_issue_follows_its_event_into_a_merge(make_event, dispatcher, now):
    events = [make_event(), make_event()]
    hot_list = record_hot_issues(day=date(2023, 11, 15), window_days=28, now=now)

    kept = merge_events(events=events, actor=dispatcher, now=now).event

    assert {issue.event_id for issue in hot_issues_of(hot_list)} == {kept.pk}


def test_a_merge_made_while_the_engine_works_is_left_alone(make_event, dispatcher, now):
    first, second = make_event(), make_event()
    as_found = {member: event.pk for event in (first, second) for member in members_of(event)}
    known = DecisionsKnown.now()
    background = learn_background(read_messages())
    merged = merge_events(events=[first, second], actor=dispatcher, now=now).event

    store_clusters(Clusters.of(as_found), background, replaces_all=True, now=now, known=known)

    assert members_of(merged) == sorted(as_found)


def test_merge_of_one_event_with_itself_is_refused(make_event, dispatcher, now):
    event = make_event()

    with pytest.raises(DecisionRefusedError):
        merge_events(events=[event, event], actor=dispatcher, now=now)


def test_merge_writes_an_audit_event_for_both_events(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)

    merge_events(events=[small, large], actor=dispatcher, now=now)

    recorded = AuditEvent.objects.filter(action="merge", actor=dispatcher)
    assert sorted(recorded.values_list("object_id", flat=True)) == sorted(
        [str(small.pk), str(large.pk)]
    )


def test_split_makes_an_event_of_the_chosen_appeals(make_event, dispatcher, now):
    event = make_event(size=5)
    chosen = appeals_of(event)[:2]

    decision = split_event(event=event, appeals=chosen, actor=dispatcher, now=now)

    assert decision.event is not None
    assert members_of(decision.event) == [appeal.pk for appeal in chosen]
    event.refresh_from_db()
    assert event.appeal_count == 3


def test_split_of_one_appeal_leaves_it_without_an_event(make_event, dispatcher, now):
    event = make_event(size=3)
    chosen = appeals_of(event)[:1]

    decision = split_event(event=event, appeals=chosen, actor=dispatcher, now=now)

    assert decision.event is None
    assert not EventMember.objects.filter(appeal=chosen[0]).exists()
    assert {pair[2] for pair in pairs_in_force()} == {False}


def test_split_that_leaves_one_appeal_ends_the_event(make_event, dispatcher, now):
    event = make_event(size=3)

    split_event(event=event, appeals=appeals_of(event)[:2], actor=dispatcher, now=now)

    assert not Event.objects.filter(pk=event.pk).exists()
    assert EventMember.objects.count() == 2


@pytest.mark.parametrize("count", [0, 3])
def test_split_of_none_or_of_all_is_refused(make_event, dispatcher, now, count):
    event = make_event(size=3)

    with pytest.raises(DecisionRefusedError):
        split_event(event=event, appeals=appeals_of(event)[:count], actor=dispatcher, now=now)


def test_undo_of_a_merge_brings_back_both_events_under_their_numbers(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)
    before = {small.pk: members_of(small), large.pk: members_of(large)}
    decision = merge_events(events=[small, large], actor=dispatcher, now=now)

    undo_decision(decision=decision, actor=dispatcher, now=now)

    assert {event.pk: members_of(event) for event in Event.objects.all()} == before
    assert [event.appeal_count for event in Event.objects.order_by("pk")] == [2, 3]
    assert pairs_in_force() == set()


def test_undo_of_a_merge_hangs_on_the_events_what_hung_on_them(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)
    found = EventClass.objects.create(
        title="油烟", terms=["油烟"], event_count=1, people_count=2, first_at=small.first_at,
        last_at=small.last_at, respondent="shop", respondent_share=1,
    )  # fmt: skip
    EventClassMember.objects.create(event=small, event_class=found, closeness=0.5)
    hot_list = record_hot_issues(day=date(2023, 11, 15), window_days=28, now=now)
    ranked = dict(HotIssue.objects.filter(hot_list=hot_list).values_list("pk", "event_id"))
    decision = merge_events(events=[small, large], actor=dispatcher, now=now)

    undo_decision(decision=decision, actor=dispatcher, now=now)

    assert found.members.get().event_id == small.pk
    assert dict(HotIssue.objects.filter(hot_list=hot_list).values_list("pk", "event_id")) == ranked


def test_a_second_confirmation_of_the_same_appeals_is_refused(make_event, dispatcher, now):
    event = make_event()
    confirm_event(event=event, actor=dispatcher, now=now)

    with pytest.raises(DecisionRefusedError):
        confirm_event(event=event, actor=dispatcher, now=now)


def test_a_split_of_appeals_that_left_meanwhile_is_refused(make_event, dispatcher, now):
    event, other = make_event(size=3), make_event()

    with pytest.raises(DecisionRefusedError):
        split_event(
            event=event,
            appeals=[appeals_of(event)[0], appeals_of(other)[0]],
            actor=dispatcher,
            now=now,
        )


def test_undo_of_a_split_joins_the_appeals_again(make_event, dispatcher, now):
    event = make_event(size=5)
    everyone = members_of(event)
    decision = split_event(event=event, appeals=appeals_of(event)[:2], actor=dispatcher, now=now)

    undo_decision(decision=decision, actor=dispatcher, now=now)

    assert [known.pk for known in Event.objects.all()] == [event.pk]
    assert members_of(event) == everyone


def test_undo_twice_is_refused(make_event, dispatcher, now):
    decision = merge_events(events=[make_event(), make_event()], actor=dispatcher, now=now)
    undo_decision(decision=decision, actor=dispatcher, now=now)

    with pytest.raises(DecisionRefusedError):
        undo_decision(decision=decision, actor=dispatcher, now=now)


def test_undo_under_a_later_decision_is_refused(make_event, dispatcher, now):
    first = merge_events(events=[make_event(), make_event()], actor=dispatcher, now=now)
    merge_events(events=[first.event, make_event()], actor=dispatcher, now=now)

    with pytest.raises(DecisionRefusedError):
        undo_decision(decision=first, actor=dispatcher, now=now)


def test_a_split_outweighs_the_merge_before_it(make_event, dispatcher, now):
    small, large = make_event(size=2), make_event(size=3)
    was_small = [member.appeal for member in small.members.all()]
    merged = merge_events(events=[small, large], actor=dispatcher, now=now).event

    split_event(event=merged, appeals=was_small, actor=dispatcher, now=now)

    same = {pair[:2] for pair in pairs_in_force() if pair[2]}
    moved = {appeal.pk for appeal in was_small}
    assert tuple(sorted(moved)) in same
    assert all(moved.isdisjoint(pair) or moved.issuperset(pair) for pair in same)


@pytest.mark.parametrize("leaving", range(5))
def test_the_rest_stays_merged_whoever_is_split_off(make_event, dispatcher, now, leaving):
    """The two matters have nothing in common; only the person's word keeps them together."""
    heating = make_event(size=2, text="青禾苑三期暖气不热，室内只有十三度")
    stalls = make_event(size=3, text="梧桐里菜市场门口流动摊贩占道经营")
    merged = merge_events(events=[heating, stalls], actor=dispatcher, now=now).event
    chosen = appeals_of(merged)[leaving]
    rest = [member for member in members_of(merged) if member != chosen.pk]

    split_event(event=merged, appeals=[chosen], actor=dispatcher, now=now)
    find_events_in_history(now=now)

    assert members_of(merged) == rest


def test_what_a_call_joins_is_one_matter_with_all_that_is_one_with_it(make_event, dispatcher, now):
    event = make_event(size=3)
    apart, known, other = appeals_of(event)
    split_event(event=event, appeals=[apart], actor=dispatcher, now=now)
    confirm_event(event=event, actor=dispatcher, now=now)

    join_appeal(appeal=apart, other=known, actor=dispatcher, now=now)
    find_events_in_history(now=now)

    assert members_of(event) == [apart.pk, known.pk, other.pk]


Pair = tuple[int, int]


def _decide_anything(lot: random.Random, actor, now) -> tuple[EventDecision, dict[Pair, bool]]:
    """A merge, split or confirmation of events drawn by lot, and what it says of which pairs."""
    events = list(Event.objects.order_by("pk"))
    event = lot.choice(events)
    members = members_of(event)
    kind = lot.choice(["merge", "split", "confirm"] if len(events) > 1 else ["split", "confirm"])
    if kind == "split":
        leaving = set(lot.sample(members, lot.randrange(1, len(members))))
        chosen = Appeal.objects.filter(pk__in=leaving)
        decision = split_event(event=event, appeals=chosen, actor=actor, now=now)
        pairs = [pair for pair in combinations(members, 2) if leaving & set(pair)]
        return decision, {pair: leaving.issuperset(pair) for pair in pairs}
    if kind == "merge":
        decision = merge_events(events=lot.sample(events, 2), actor=actor, now=now)
    else:
        decision = confirm_event(event=event, actor=actor, now=now)
    return decision, dict.fromkeys(combinations(sorted(map(int, decision.before)), 2), True)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_decide_in_turn_no_look_turns_it_back(make_event, dispatcher, now, seed):
    lot = random.Random(seed)
    for text in ("青禾苑暖气不热只有十三度", "梧桐里菜市场摊贩占道经营", "望舒路路灯整夜不亮"):
        make_event(size=3, text=text)
    log: list[tuple[EventDecision, dict[Pair, bool]]] = []

    for _turn in range(10):
        with suppress(DecisionRefusedError, IndexError):  # no event may be left to decide about
            if log and lot.random() < 0.2:
                undo_decision(decision=log[-1][0], actor=dispatcher, now=now)
                log.pop()
            else:
                log.append(_decide_anything(lot, dispatcher, now))

        find_events_in_history(now=now)

        said = {pair: is_same for _decision, pairs in log for pair, is_same in pairs.items()}
        event_of = dict(EventMember.objects.values_list("appeal_id", "event_id"))
        found = {(a, b): event_of.get(a, -a) == event_of.get(b, -b) for a, b in said}
        assert found == said


def test_pages_of_appeals_say_at_once_what_was_decided(make_event, dispatcher, now):
    heating = make_event(size=3, text="青禾苑三期暖气不热，室内只有十三度")
    one, *others = appeals_of(heating)
    for other in others:
        SimilarAppeal.objects.create(
            appeal=one, other=other, score=0.9, is_same_event=True, reasons=[]
        )

    def told() -> list[bool]:
        return [similar.is_same_event for similar in similar_to(one)]

    split_event(event=heating, appeals=[one], actor=dispatcher, now=now)
    assert told() == [False, False]
    joined = join_appeal(appeal=one, other=others[0], actor=dispatcher, now=now)
    assert sorted(told()) == [True, True]
    apart = split_event(event=joined.event, appeals=[one], actor=dispatcher, now=now)
    assert told() == [False, False]
    undo_decision(decision=apart, actor=dispatcher, now=now)
    assert told() == [True, True]


def test_a_merge_outweighs_the_split_before_it(make_event, dispatcher, now):
    event = make_event(size=4)
    other = split_event(event=event, appeals=appeals_of(event)[:2], actor=dispatcher, now=now).event

    merge_events(events=[event, other], actor=dispatcher, now=now)

    assert all(pair[2] for pair in pairs_in_force())


def test_confirmed_appeals_stay_together_whatever_the_engine_finds(make_event, dispatcher, now):
    heating = make_event(size=3, text="青禾苑三期暖气不热，室内只有十三度")
    stalls = make_event(size=3, text="梧桐里菜市场门口流动摊贩占道经营")
    EventMember.objects.filter(event=stalls).update(event=heating)
    everyone = members_of(heating)

    confirm_event(event=heating, actor=dispatcher, now=now)
    find_events_in_history(now=now)

    assert members_of(heating) == everyone


def test_undoing_a_confirmation_leaves_the_members_to_the_engine(make_event, dispatcher, now):
    event = make_event(size=3)
    everyone = members_of(event)
    decision = confirm_event(event=event, actor=dispatcher, now=now)

    undo_decision(decision=decision, actor=dispatcher, now=now)

    assert pairs_in_force() == set()
    assert members_of(event) == everyone
    assert set(event.members.values_list("basis", flat=True)) == {"engine"}


def test_a_confirmation_after_a_split_outweighs_it(make_event, dispatcher, now):
    event = make_event(size=3)
    leaving = appeals_of(event)[0]
    split_event(event=event, appeals=[leaving], actor=dispatcher, now=now)
    EventMember.objects.create(appeal=leaving, event=event)

    confirm_event(event=event, actor=dispatcher, now=now)

    assert all(same for _first, _second, same in pairs_in_force())
