from civicloop.engines.text.events import event_terms, learn_background
from tests.engines.text.event_messages import city


def test_terms_tell_an_event_from_the_others():
    messages, event_of = city()
    members = [m for m in messages if event_of[m.id] == event_of[1]]
    texts = [f"{m.subject}\n{m.text}" for m in members]

    terms = event_terms(texts, learn_background(messages), count=4)

    assert len(terms) == 4
    assert any("云栖" in term for term in terms)
    assert not any(one != other and one in other for one in terms for other in terms)


def test_terms_of_one_message_need_not_recur():
    background = learn_background(city()[0])

    assert event_terms(["霁月台小区停电"], background, count=3)
    assert event_terms(["，。"], background, count=3) == ()
