import collections
from datetime import date
from random import Random

from civicloop.connectors.sample_city.naming import misheard, place_in_title


def day_of(number):
    return date.fromisoformat(number[:8])


def test_every_event_has_members_of_its_own(city):
    members = [m for cluster in city.events["clusters"] for m in cluster["message_ids"]]

    assert len(members) == len(set(members))
    assert set(members) <= set(city.truth)
    assert all(c["size"] == len(c["message_ids"]) >= 2 for c in city.events["clusters"])
    assert len({c["event"] for c in city.events["clusters"]}) == len(city.events["clusters"])


def test_share_and_tail_of_events(drafts):
    sizes = collections.Counter(d.event for d in drafts.all if d.event >= 0)

    assert len(sizes) == 700
    assert 0.12 < sum(sizes.values()) / len(drafts.all) < 0.16
    assert 20 <= max(sizes.values()) <= 60


def test_members_of_one_event_have_one_topic(city):
    for cluster in city.events["clusters"]:
        assert len({city.truth[number] for number in cluster["message_ids"]}) == 1


def test_near_misses_are_of_different_events(city):
    event = {m: c["event"] for c in city.events["clusters"] for m in c["message_ids"]}
    reasons = collections.Counter(pair["why"] for pair in city.events["negative_pairs"])

    assert all(
        event.get(pair["a"], pair["a"]) != event.get(pair["b"], pair["b"])
        for pair in city.events["negative_pairs"]
    )
    assert set(reasons) == {
        "same wording, another place",
        "same place, another problem",
        "nearly the same name, another place",
        "one author's template, another place",
    }


def test_questions_about_rules_are_not_judged(city):
    ignored = set(city.events["ignore_messages"])
    members = {m for cluster in city.events["clusters"] for m in cluster["message_ids"]}

    assert 0.04 < len(ignored) / len(city.appeals) < 0.12
    assert not ignored & members


def test_no_two_appeals_are_one_matter_by_accident(drafts):
    matters = collections.defaultdict(list)
    for draft in drafts.all:
        for problem in filter(None, (draft.problem, draft.second)):
            if not problem.is_personal:
                matters[draft.thing.kind.name, draft.thing.index, problem.index].append(draft)

    for told in matters.values():
        assert len(told) == 1 or len({draft.event for draft in told} - {-1}) == 1
        assert len(told) == 1 or all(draft.event >= 0 for draft in told)


def test_problems_that_could_pass_for_one_another_never_meet_at_one_place(drafts):
    problems = collections.defaultdict(set)
    for draft in drafts.all:
        for problem in filter(None, (draft.problem, draft.second)):
            if not problem.is_personal:
                problems[draft.thing.kind.name, draft.thing.index].add(problem)

    for found in problems.values():
        labels = collections.Counter(label for problem in found for label in problem.alike)
        assert all(count == 1 for count in labels.values())


def test_one_author_sends_one_text_about_many_places(drafts):
    series = [d for d in drafts.all if d.serial >= 0 and d.event < 0]
    author, count = collections.Counter(d.author for d in series).most_common(1)[0]
    places = {d.thing.name for d in series if d.author == author}

    assert count >= 20
    assert len(places) == count


def test_namesakes_differ_little_and_are_told_apart(drafts):
    pairs = [
        (thing, drafts.objects.twin(thing))
        for things in drafts.objects.by_kind.values()
        for thing in things
        if thing.twin >= 0
    ]

    assert len(pairs) > 50
    assert all(thing.name != twin.name and thing.town is twin.town for thing, twin in pairs)
    assert all(thing.name[:2] == twin.name[:2] for thing, twin in pairs if len(twin.name) < 6)


def test_swapped_name_is_never_the_name_of_another_place(drafts):
    for kind, things in drafts.objects.by_kind.items():
        names = {thing.name for thing in things}
        if kind not in ("person", "bus", "village"):
            assert len(names) == len(things)
            assert not {name[1] + name[0] + name[2:] for name in names} & names


def test_misheard_name_is_never_the_name_of_another_place(drafts):
    for kind, things in drafts.objects.by_kind.items():
        if kind not in ("person", "bus", "village"):
            names = {thing.name for thing in things}

            assert not {misheard(name) for name in names if misheard(name) != name} & names


def test_one_name_in_thirty_is_misheard(drafts):
    estates = drafts.objects.by_kind["estate"]
    draw = Random(5).random

    written = [place_in_title(estate, draw) for estate in estates * 20]

    slips = {misheard(name) for estate in estates for name in (estate.name, estate.short_name)}
    slips -= {name for estate in estates for name in (estate.name, estate.short_name)}
    heard_wrongly = [text for text in written if any(text.endswith(slip) for slip in slips)]
    assert 0.01 < len(heard_wrongly) / len(written) < 0.04


def test_bursts_are_counted_within_their_days(city):
    members = {c["event"]: c["message_ids"] for c in city.events["clusters"]}

    assert city.bursts
    for burst in city.bursts:
        days = [day_of(number) for number in members[burst["event"]]]
        first, last = map(date.fromisoformat, (burst["first_day"], burst["last_day"]))
        assert (first, last, int(burst["count"])) == (min(days), max(days), len(days))
        assert (last - first).days <= 4
        assert len(days) >= 5


def test_some_events_burn_slowly(city):
    spans = [
        (day_of(max(c["message_ids"])) - day_of(min(c["message_ids"]))).days
        for c in city.events["clusters"]
    ]

    assert sum(span > 90 for span in spans) > 0.05 * len(spans)
