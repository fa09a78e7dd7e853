"""Generated cities in numbers: seasons, weekdays, matters that others join, and no burst unless asked."""

import numpy as np

from civicloop.engines.hotness.alarm_values import NOTHING, AppealFacts

COUNTIES, TOWNSHIPS = 4, 24
TOPICS, FIRST_LEVEL = 40, 8
WEEKDAYS = np.array([1.2, 1.1, 1.05, 1.05, 1.0, 0.85, 0.75])


def burst_free_city(seed: int, *, days: int = 560, per_day: float = 60.0) -> AppealFacts:
    """A city whose appeals come by chance alone, some topics and places more often than others."""
    chance = np.random.default_rng(seed)
    topic_rates = chance.gamma(1.0, size=TOPICS)
    season = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(days)[:, None] / 364 + chance.random(TOPICS)))
    taste = chance.gamma(2.0, size=(TOPICS, TOWNSHIPS))
    rates = per_day * WEEKDAYS[np.arange(days) % 7, None] * season * topic_rates / topic_rates.sum()
    matters = chance.poisson(rates * chance.gamma(20.0, 1 / 20, size=rates.shape))
    day, topic = np.nonzero(matters)
    times = matters[day, topic]
    day, topic = np.repeat(day, times), np.repeat(topic, times)
    bounds = np.cumsum(taste / taste.sum(axis=1, keepdims=True), axis=1)
    place = (chance.random(len(day))[:, None] > bounds[topic]).sum(axis=1).clip(max=TOWNSHIPS - 1)
    event = np.arange(len(day))
    joined = chance.poisson(chance.gamma(0.05, 3.0, size=len(day)))  # per matter, over months
    late = np.repeat(event, joined)
    later = day[late] + chance.integers(1, 60, size=len(late))
    kept = later < days
    return assemble(
        day=np.concatenate([day, later[kept]]),
        topic=np.concatenate([topic, topic[late[kept]]]),
        township=np.concatenate([place, place[late[kept]]]),
        event=np.concatenate([event, late[kept]]),
    )


def assemble(
    *,
    day: np.ndarray,
    topic: np.ndarray,
    township: np.ndarray,
    event: np.ndarray,
    caller: np.ndarray | None = None,
) -> AppealFacts:
    """Facts of a city with counties of six townships; everybody is another citizen unless told."""
    order = np.argsort(day, kind="stable")
    callers = np.arange(len(day)) if caller is None else caller[order]
    counties = 1 + np.arange(TOWNSHIPS) % COUNTIES
    level1 = TOPICS + np.arange(TOPICS) % FIRST_LEVEL
    return AppealFacts(
        day=day[order],
        caller=callers,
        topic=topic[order],
        place=township[order],
        event=event[order],
        topic_nodes=np.column_stack([np.arange(TOPICS), level1]),
        place_nodes=np.column_stack([counties, 1 + COUNTIES + np.arange(TOWNSHIPS)]),
    )


def with_burst(
    facts: AppealFacts, *, day: int, people: int, topic: int = 3, township: int = 5, days: int = 2
) -> AppealFacts:
    """The city and a matter of so many citizens, spread evenly over some days."""
    new = np.arange(people)
    event = int(facts.event.max()) + 1
    return assemble(
        day=np.concatenate([facts.day, day + new % days]),
        topic=np.concatenate([facts.topic, np.full(people, topic)]),
        township=np.concatenate([facts.place, np.full(people, township)]),
        event=np.concatenate([facts.event, np.full(people, event)]),
        caller=np.concatenate([facts.caller, facts.caller.max() + 1 + new]),
    )


__all__ = ["NOTHING", "assemble", "burst_free_city", "with_burst"]
