"""A seal that does not open (a key file is missing, a record was changed) breaks no page, and loses nothing."""

import pytest
from django.apps import apps
from django.urls import get_resolver, reverse
from django.utils.html import escape
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.web.test_canaries import more_addresses, seeded  # noqa: F401  a fixture
from tests.web.test_routes import (  # noqa: F401  fixtures
    addresses,
    browser_of,
    county,
    numbers,
    order,
    path_of,
)

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.actions.desk import park_call, save_desk_draft
from civicloop.apps.dispatch.actions.drafts import save_draft
from civicloop.apps.dispatch.actions.objecting import Grounds, object_to_order
from civicloop.apps.dispatch.models import Objection, ObjectionGround
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.masking import mask_appeals
from civicloop.apps.intake.models import Appeal, Kind, SealedNote
from civicloop.apps.vault.identities import ContactDetails
from civicloop.apps.vault.models import Sealed
from civicloop.web.errors import words_sent

pytestmark = pytest.mark.django_db


def break_all_seals() -> dict[str, int]:
    """As if the key file had gone; how many records of each kind do not open now."""
    kinds = [model for model in apps.get_models() if issubclass(model, Sealed)]
    return {model.__name__: model._default_manager.update(key_id="0" * 16) for model in kinds}


@pytest.fixture
def report(order):  # noqa: F811
    Appeal.objects.update(kind=Kind.REPORT, is_masked=None)
    type(order).objects.update(kind=Kind.REPORT)
    mask_appeals()
    return order


def _status(client, path: str) -> int:
    response = client.get(path)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


@pytest.mark.parametrize("role", Role)
def test_no_page_breaks_where_no_seal_opens(role, seeded, report, housing, now):  # noqa: F811
    client = browser_of(role, housing)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    save_draft(order=report, step="reply", answers={"text": "路灯不亮"}, actor=user, now=now)
    park_call(answers={"text": "路灯不亮"}, actor=user, now=now)
    save_desk_draft(answers={"text": "路灯不亮"}, actor=user, now=now)
    broken = break_all_seals()
    assert {
        "Identity", "SealedWords", "SealedNote", "OriginalRow", "StepDraft", "DeskDraft", "ParkedCall",
    } <= {name for name, count in broken.items() if count}  # fmt: skip
    paths = [
        path_of(name, pattern, seeded)
        for name, pattern in addresses(get_resolver().url_patterns)
        if name != "accounts:logout"
    ]

    answers = {path: _status(client, path) for path in [*paths, *more_addresses(seeded)]}

    assert {path: code for path, code in answers.items() if code >= 500} == {}


def _steps(order) -> list[object]:  # noqa: F811
    return [
        list(order.steps.values_list("pk", "note")),
        list(Objection.objects.values_list("decision", "statement")),
        list(SealedNote.objects.order_by("pk").values_list("about", "words")),
        order.version,
    ]


def _objected(make_dispatched, clerk, now):  # noqa: F811
    order = make_dispatched(appeal__kind=Kind.REPORT)  # noqa: F811
    grounds = Grounds(ground=ObjectionGround.NOT_MY_DUTY, statement=SAID, legal_basis="条例")
    object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=now)
    order.refresh_from_db()
    return order


SAID = "举报人叫欧阳焱，电话13944447777"
DECIDED = "不予支持：举报人在金槿花园17栋1904说得清楚，<b>仍由你单位办理</b>"


def _decide(client, order):  # noqa: F811
    answers = {"is_upheld": "0", "decision": DECIDED, "seen_version": order.version}
    address = reverse("dispatch:step", args=[order.pk, "decide_objection"])
    return client.post(address, answers)


def test_who_would_write_over_it_is_told_in_words_and_loses_none(
    make_dispatched, clerk, dispatcher, now, caplog  # noqa: F811
):  # fmt: skip
    order = _objected(make_dispatched, clerk, now)  # noqa: F811
    client = browser_of(Role.DISPATCHER)
    SealedNote.objects.update(key_id="0" * 16)
    before = _steps(order)

    told = _decide(client, order)

    assert told.status_code == 500
    assert "does not open" in told.text
    assert escape(DECIDED) in told.text  # to be copied
    assert "<b>" not in told.text
    assert "no-store" in told["Cache-Control"]
    order.refresh_from_db()
    assert _steps(order) == before
    assert "a seal does not open" in caplog.text
    assert not [word for word in ("欧阳焱", "13944447777", "1904") if word in caplog.text]


def test_once_the_key_is_back_it_goes_in(make_dispatched, clerk, dispatcher, now):  # noqa: F811
    """The red twin: the same form is taken where the seal opens."""
    order = _objected(make_dispatched, clerk, now)  # noqa: F811

    told = _decide(browser_of(Role.DISPATCHER), order)

    assert told.status_code == 302
    assert "仍由你单位办理" in Objection.objects.get().decision


def test_what_is_no_writing_is_not_shown_again(rf):
    sent = {
        "csrfmiddlewaretoken": "a b",
        "password": "correct horse",
        "version": "7",
        "note": "两 句",
    }

    assert words_sent(rf.post("/", sent)) == ["两 句"]
    assert words_sent(rf.get("/", sent)) == []


def test_a_look_at_what_does_not_open_says_so(make_signed, dispatcher, now):  # noqa: F811
    appeal = make_signed().appeal
    keep_contact(appeal=appeal, details=ContactDetails(name="欧阳焱", phone="13944447777"), now=now)
    break_all_seals()
    client = browser_of(Role.DISPATCHER)

    asked = client.post(reverse("looks:ask", args=[appeal.pk]), {"reason": "回访"})
    told = client.get(asked["Location"])

    assert told.status_code == 500
    assert "does not open" in told.text
    assert "13944447777" not in told.text
