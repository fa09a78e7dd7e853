from civicloop.connectors.sample_city.personal import personal_texts

KINDS = {
    "name",
    "mobile",
    "landline",
    "identity",
    "card",
    "plate",
    "email",
    "messenger",
    "home",
    "self",
}


def test_the_same_seed_draws_the_same_texts():
    assert personal_texts(20, seed=3) == personal_texts(20, seed=3)
    assert personal_texts(20, seed=3) != personal_texts(20, seed=4)


def test_every_kind_occurs_and_every_span_holds_something():
    texts = personal_texts(500, seed=1)

    assert {kind for one in texts for kind, _, _ in one.spans} == KINDS
    assert all(one.text[start:end].strip() for one in texts for _, start, end in one.spans)


def test_no_slot_is_left_open():
    assert not [one.text for one in personal_texts(2000, seed=2) if "{" in one.text]


def test_mobile_numbers_have_eleven_digits_however_they_are_written():
    spoken = str.maketrans("〇一二三四五六七八九幺０１２３４５６７８９", "012345678910123456789")
    for one in personal_texts(500, seed=5):
        for kind, start, end in one.spans:
            if kind == "mobile":
                digits = [c for c in one.text[start:end].translate(spoken) if c in "0123456789"]
                assert len(digits) in (11, 13)
