from civicloop.engines.hotness.slow_burners import Matter, rank_slow_burners


def matter(key: int, **facts) -> Matter:
    known = {
        "waits_days": (100.0, 90.0, 80.0, 20.0, 10.0),
        "last_days": 10.0,
        "unresolved": 0,
        "oldest_unresolved_days": 0.0,
    }
    return Matter(key=key, **known | facts)


def test_person_days_rank_the_matters():
    few = matter(1)
    many = matter(2, waits_days=(70.0,) * 9)

    ranked = rank_slow_burners([few, many])

    assert [(each.key, each.people, each.person_days) for each in ranked] == [
        (2, 9, 630.0),
        (1, 5, 300.0),
    ]


def test_young_small_and_ended_matters_do_not_burn():
    young = matter(1, waits_days=(59.0,) * 9)
    small = matter(2, waits_days=(300.0,) * 4)
    ended = matter(3, last_days=61.0)
    unanswered = matter(4, last_days=61.0, unresolved=1, oldest_unresolved_days=61.0)

    assert [each.key for each in rank_slow_burners([young, small, ended, unanswered])] == [4]
