from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.engines.anonymity import steps_of

LADDER = [lambda r: r, lambda r: (r[0], r[1] // 7), lambda r: (r[0], None), lambda r: None]


def test_a_crowded_place_keeps_its_days_and_a_lonely_one_its_place_alone():
    records = [("a", 1)] * 3 + [("b", 1), ("b", 2), ("b", 3)] + [("b", 20), ("b", 40), ("b", 60)]

    assert steps_of(records, LADDER, smallest=3) == [0] * 3 + [1] * 3 + [2] * 3


def test_what_is_alone_on_every_step_is_left_out():
    assert steps_of([("a", 1)] * 3 + [("b", 9)], LADDER, smallest=3) == [0, 0, 0, None]


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), max_size=60), st.integers(1, 8)
)
def test_everything_told_is_told_of_enough(records, smallest):
    steps = steps_of(records, LADDER, smallest=smallest)

    told = Counter(
        (step, LADDER[step](record))
        for record, step in zip(records, steps, strict=True)
        if step is not None
    )
    assert all(count >= smallest for count in told.values())
    finest = Counter(records)
    for record, step in zip(records, steps, strict=True):
        assert (step == 0) == (finest[record] >= smallest)
