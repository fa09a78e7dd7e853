from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.notices.actions import notify
from civicloop.apps.notices.models import Notice
from civicloop.apps.notices.notice_kinds import JOB_FAILED
from civicloop.apps.notices.queries import preference_of

LIST = reverse("notices:list")


@pytest.fixture
def reader(operator: Client) -> User:
    return User.objects.get(role=Role.OPERATOR)


@pytest.fixture
def tell(reader: User, now: datetime) -> Callable[[str], Notice]:
    def tell(key: str) -> Notice:
        params = {"tries": 5}
        notify(
            [reader],
            kind=JOB_FAILED,
            key=key,
            link="/events/",
            now=now,
            reference=key,
            params=params,
        )
        return Notice.objects.get(key=key)

    return tell


def test_bell_tells_how_many_are_unread(operator: Client, tell: Callable) -> None:
    for number in range(3):
        tell(f"job-{number}")

    text = operator.get(reverse("issues:event_list")).text

    assert 'aria-label="Notices, 3 unread"' in text
    assert "<b>3</b>" in text


def test_bell_counts_no_further_than_99(operator: Client, reader: User, now: datetime) -> None:
    Notice.objects.bulk_create(
        Notice(user=reader, at=now, kind="job_failed", key=f"{n}", link="/", params={"tries": 1})
        for n in range(130)
    )

    assert "<b>99+</b>" in operator.get(LIST).text


def test_guest_of_the_demo_has_no_bell(guest: Client) -> None:
    assert 'class="bell"' not in guest.get(reverse("home")).text
    assert guest.get(LIST).status_code == 403


def test_list_shows_own_notices_and_looking_reads_nothing(
    operator: Client, dispatcher: Client, tell: Callable
) -> None:
    tell("job-7")

    own, others = operator.get(LIST).text, dispatcher.get(LIST).text

    assert "The background job job-7 failed for good, after 5 tries." in own
    assert "Nothing to tell you yet." in others
    assert Notice.objects.filter(read_at=None).count() == 1


def test_opening_marks_as_read_and_leads_on(operator: Client, tell: Callable) -> None:
    notice = tell("job-7")

    response = operator.post(reverse("notices:read", args=[notice.pk]), {"open": "1"})

    assert response.headers["Location"] == "/events/"
    assert "You have read everything." in operator.get(f"{LIST}?show=unread").text


def test_notices_of_others_are_not_there(dispatcher: Client, tell: Callable) -> None:
    notice = tell("job-7")

    assert dispatcher.post(reverse("notices:read", args=[notice.pk])).status_code == 404
    assert Notice.objects.filter(read_at=None).exists()


def test_all_are_read_at_once_and_unread_again(operator: Client, tell: Callable) -> None:
    tell("a")
    newest = tell("b")

    after = operator.post(reverse("notices:read_all"), {"until": newest.pk}, follow=True)
    read_at = Notice.objects.get(key="a").read_at
    undone = operator.post(
        reverse("notices:undo_read"), {"read_at": read_at.isoformat()}, follow=True
    )

    assert "All notices shown are marked as read." in after.text
    assert read_at.isoformat() in after.text.replace("&#x2B;", "+")
    assert "2 notices are unread again." in undone.text
    assert Notice.objects.filter(read_at=None).count() == 2


@pytest.mark.parametrize("name", ["notices:read_all", "notices:undo_read"])
def test_guest_of_the_demo_marks_nothing(name: str, guest: Client) -> None:
    assert guest.post(reverse(name)).status_code == 403


@pytest.mark.parametrize("moment", ["", "x", "2023-13-45T00:00:00+08:00", "2023-11-14T09:30:00"])
def test_no_moment_undoes_nothing(moment: str, operator: Client, tell: Callable) -> None:
    tell("a")

    response = operator.post(reverse("notices:undo_read"), {"read_at": moment}, follow=True)

    assert "0 notices are unread again." in response.text


def test_wishes_are_kept(operator: Client, reader: User) -> None:
    wishes = {"email": "li@city.example.org", "language": "en", "by_email": ["import_ended"]}

    response = operator.post(reverse("notices:preferences"), wishes, follow=True)

    assert "Your wishes are kept." in response.text
    assert "This installation sends no e-mail yet" in response.text
    assert preference_of(reader).by_email == ["import_ended"]
    reader.refresh_from_db()
    assert reader.email == "li@city.example.org"


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"by_email": ["import_ended"]}, "Without it nothing can be sent."),
        ({"mobile": "call me"}, "A number has 8 to 15 digits"),
        ({"email": "nobody"}, "valid email"),
    ],
)
def test_wishes_that_cannot_be_met_are_told(
    wishes: dict[str, object], words: str, operator: Client, reader: User
) -> None:
    response = operator.post(reverse("notices:preferences"), {"language": "en", **wishes})

    assert words in response.text
    assert preference_of(reader).pk == reader.pk
    assert preference_of(reader)._state.adding
