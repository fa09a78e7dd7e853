from hypothesis import given
from hypothesis import strategies as st

from civicloop.apps.intake.grams import fold, grams_of, read_query


def test_width_case_spaces_and_punctuation_do_not_count():
    assert fold(["Ａ３区，Metro 线", "二 期"]) == "a3区metro线\x1f二期"


def test_pieces_are_pairs_and_the_last_character_of_each_field():
    assert grams_of(fold(["供热停", "水"])) == {"供热", "热停", "停", "水"}


def test_numbers_are_also_cut_in_fours():
    assert {"1234", "2345"} <= grams_of(fold(["12345"]))


def test_query_for_a_number_asks_for_fours_and_for_the_joint_to_other_characters():
    query = read_query("12345号")

    assert query.grams == ("1234", "2345", "5号")


def test_query_of_several_words_needs_each():
    query = read_query("供热 花园")

    assert query.matches(fold(["花园小区供热"]))
    assert not query.matches(fold(["花园小区"]))


def test_query_of_single_characters_asks_for_beginnings_of_pieces():
    query = read_query("堃")

    assert (query.grams, query.starts) == ((), ("堃",))


def test_query_without_letters_is_none():
    assert read_query("，。 …") is None


@given(st.text(), st.integers(0, 30), st.integers(2, 8))
def test_pieces_of_any_substring_are_pieces_of_the_text(text, start, length):
    folded = fold([text])
    query = read_query(folded[start : start + length])

    if query is not None and not query.starts:
        assert set(query.grams) <= grams_of(folded)
        assert query.matches(folded)
