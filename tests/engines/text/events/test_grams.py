import numpy as np

from civicloop.engines.text.events.grams import distinct, grams_of
from civicloop.engines.text.events.values import PlainText


def test_what_is_read_at_once_changes_no_gram():
    few = [PlainText(subject="路灯", body="东门路灯不亮" * 50), PlainText(subject="", body="井盖")]

    alone, among = grams_of(few), grams_of(few * 4_000)  # a million characters are read at once

    for name in ("pairs", "triples"):
        one, many = getattr(alone, name), getattr(among, name)
        assert len(many) == 8_000
        last = slice(many.start[-3], many.start[-1])
        assert np.array_equal(many.gram[last], one.gram)
        assert np.array_equal(many.mark[last], one.mark)


def test_different_values_are_given_once_in_order():
    assert distinct(np.array([3, 1, 3, 2, 1])).tolist() == [1, 2, 3]
    assert distinct(np.array([], np.int64)).tolist() == []
