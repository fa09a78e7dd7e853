from civicloop.apps.intake.callers import CallerKeys
from civicloop.connectors.spreadsheets import Values


def key(source: str = "hotline", *, caller: str = "", name: str = "", phone: str = "") -> str:
    empty = ("", "", "", None, "", "", caller, name, phone, *([""] * 7), None, None, "", None)
    return CallerKeys(source).key(Values._make(empty))


def test_telephone_number_tells_a_caller_in_every_source():
    written = key(phone="139 0000-0000")

    assert (
        written == key("web", phone="+86１３９００００００００") == key("app", caller="13900000000")
    )
    assert written != key(phone="13900000001")
    assert "139" not in written


def test_number_of_a_source_tells_a_caller_only_there():
    assert key(caller="A0001") == key(caller=" a0001 ")
    assert key(caller="A0001") != key("web", caller="A0001")


def test_masked_number_counts_only_together_with_the_name():
    assert key(name="陈某", phone="139****0000") != key(name="林某", phone="139****0000")
    assert key(name="陈某", phone="139****0000") == key(name="陈某", phone="139****0000")
    assert key(phone="139****0000") == ""


def test_nameless_callers_are_not_one_person():
    assert key() == key(name="匿名") == key(caller="无") == ""
    assert key(name="陈某") != ""


def test_another_secret_gives_other_keys(settings):
    before = key(caller="A0001")
    settings.SECRET_KEY = "another-secret-another-secret-another"

    assert key(caller="A0001") != before
