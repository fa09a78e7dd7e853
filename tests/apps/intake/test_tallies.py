from datetime import timedelta

import pytest

from civicloop.apps.intake.actions.tallies import (
    Limit,
    TooManyTriesError,
    count_try,
    give_back_try,
)
from civicloop.apps.intake.models import Tally

pytestmark = pytest.mark.django_db

TWO = Limit(name="test", most=2, within=timedelta(minutes=15))


def test_one_try_too_many_is_refused_until_the_time_is_over(now):
    count_try(limit=TWO, whom="a", now=now)
    count_try(limit=TWO, whom="a", now=now + timedelta(minutes=5))

    with pytest.raises(TooManyTriesError) as refused:
        count_try(limit=TWO, whom="a", now=now + timedelta(minutes=14))

    assert refused.value.until == now + timedelta(minutes=15)
    count_try(limit=TWO, whom="a", now=now + timedelta(minutes=15))


def test_others_are_counted_apart(now):
    for whom in ("a", "a", "b", "b"):
        count_try(limit=TWO, whom=whom, now=now)

    assert sorted(Tally.objects.values_list("count", flat=True)) == [2, 2]


def test_a_try_given_back_does_not_count(now):
    for _ in range(5):
        count_try(limit=TWO, whom="a", now=now)
        give_back_try(limit=TWO, whom="a")

    assert Tally.objects.get().count == 0


def test_whom_it_counts_is_not_kept_in_plain_words(now):
    count_try(limit=TWO, whom="192.0.2.7", now=now)

    assert "192.0.2.7" not in str(Tally.objects.values().get())


def test_old_tallies_are_forgotten(now):
    count_try(limit=TWO, whom="a", now=now)

    count_try(limit=TWO, whom="b", now=now + timedelta(days=1, seconds=1))

    assert Tally.objects.count() == 1
