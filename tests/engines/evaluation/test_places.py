from civicloop.engines.evaluation.places import (
    PlacedText,
    PlaceScore,
    copies_elsewhere,
    named_places,
    score_places,
)


def placed(text: str, place: str, subject: str = "") -> PlacedText:
    return PlacedText(subject=subject, text=text, place=place)


TEXTS = [
    placed("青溪发臭", "青溪"),
    placed("河水很脏", "青溪", subject="青溪"),
    placed("白浦水面有油污", "白浦"),
    placed("青溪与白浦交汇处堆垃圾", "白浦"),
    placed("不知道是哪条河", "白浦"),
]


def test_places_are_found_in_subject_and_text():
    assert named_places(TEXTS) == [{"青溪"}, {"青溪"}, {"白浦"}, {"青溪", "白浦"}, set()]


def test_a_copy_names_another_place_wherever_its_model_named_its_own():
    texts = [placed("青溪发臭，青溪没人管", "青溪", subject="青溪"), placed("白浦", "白浦")]

    copies = copies_elsewhere(texts, named_places(texts))

    assert copies[0] == placed("白浦发臭，白浦没人管", "白浦", subject="白浦")


def test_only_texts_that_name_their_own_place_alone_are_copied():
    assert set(copies_elsewhere(TEXTS, named_places(TEXTS))) == {0, 1, 2}


def test_without_a_second_place_there_are_no_copies():
    assert copies_elsewhere(TEXTS[:2], named_places(TEXTS[:2])) == {}


def test_pairs_of_texts_that_name_both_places_are_left_out():
    events = [1, 1, 1, 1, 1]  # clear: 0-1, 0-2, 1-2, and 2-3 of one place

    score = score_places(events, TEXTS, named_places(TEXTS), {0: (1, 1), 1: (1, 7)})

    assert score == PlaceScore(joined_pairs=4, one_place=2, copies=2, copies_joined=1)


def test_a_text_whose_place_stands_in_every_other_name_is_not_copied():
    texts = [placed("溪水发臭", "溪"), placed("青溪发臭", "青溪")]

    assert copies_elsewhere(texts, [frozenset({"溪"}), frozenset({"青溪"})]) == {}
