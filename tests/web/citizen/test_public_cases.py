"""What everybody sees is what a person wrote for everybody."""

import pytest
from tests.web.citizen.conftest import hidden_of

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.models import Follower, PublicCase
from civicloop.apps.intake.models import Appeal, Kind

SMOKE = "青禾苑楼下的烧烤店天天油烟扰民，窗都不敢开"


def test_similar_cases_are_shown_before_more_is_written(citizen, public_case, token):
    page = citizen.post("/report/", {"text": SMOKE, "token": token}).text

    assert f"/report/cases/{public_case.pk}/" in page
    assert "I have it too" in page


def test_similar_cases_appear_while_somebody_writes(citizen, public_case):
    assert public_case.title in citizen.post("/report/similar/", {"text": SMOKE}).text
    assert public_case.title not in citizen.post("/report/similar/", {"text": SMOKE[:14]}).text
    assert public_case.title not in citizen.post(
        "/report/similar/", {"text": "云溪路12号门前的路灯三天没亮了"}
    ).text  # fmt: skip


def test_only_published_words_are_found_never_those_of_citizens(citizen, event):
    page = citizen.post("/report/similar/", {"text": event.title + SMOKE}).text

    assert page.strip() == ""


def test_whoever_has_it_too_is_counted_once(citizen, public_case, token):
    address = f"/report/cases/{public_case.pk}/"
    for phone in ("13800138000", "+86 138 0013 8000"):
        citizen.post(address, {"token": token, "phone": phone})
    citizen.post(address, {"token": token})
    citizen.post(address, {"token": token})

    public_case.refresh_from_db()
    assert public_case.follower_count == Follower.objects.count() == 2
    assert b"13800138000" not in b"".join(bytes(each.phone) for each in Follower.objects.all())


def test_a_wrong_telephone_counts_nobody(citizen, public_case, token):
    page = citizen.post(f"/report/cases/{public_case.pk}/", {"token": token, "phone": "138"}).text

    assert 'href="#id_phone"' in page
    assert not Follower.objects.exists()


def test_a_case_is_looked_at_before_it_is_published(dispatcher, event, county):
    said = {"title": "青禾苑烧烤店油烟扰民", "area": str(county.pk)}
    address = f"/events/{event.pk}/publish/"

    preview = dispatcher.post(address, said).text
    assert "So everybody will see it" in preview
    assert not PublicCase.objects.exists()

    dispatcher.post(address, said | {"sure": "1"})

    assert PublicCase.objects.get().title == said["title"]
    assert AuditEvent.objects.filter(action="case_published").count() == 1


def test_a_published_case_is_changed_not_doubled(dispatcher, event, public_case):
    said = {"title": "青禾苑一带油烟扰民", "area": "", "sure": "1"}

    dispatcher.post(f"/events/{event.pk}/publish/", said)

    assert PublicCase.objects.get().title == said["title"]


@pytest.mark.parametrize(
    "title", ["青禾苑3号楼油烟", "店主电话13800138000", "电话幺三八零零幺三八零零零"]
)
def test_a_title_that_tells_where_somebody_lives_is_refused(dispatcher, event, title):
    page = dispatcher.post(f"/events/{event.pk}/publish/", {"title": title, "sure": "1"}).text

    assert "The title holds a number or a home." in page
    assert not PublicCase.objects.exists()


def test_a_report_of_a_wrong_is_never_published(dispatcher, event):
    Appeal.objects.filter(event_member__event=event).update(kind=Kind.REPORT)

    page = dispatcher.post(f"/events/{event.pk}/publish/", {"title": "油烟", "sure": "1"}).text

    assert "It stays private." in page
    assert not PublicCase.objects.exists()


def test_a_case_is_said_to_be_solved_and_taken_back(dispatcher, citizen, public_case):
    dispatcher.post(f"/public-cases/{public_case.pk}/state/", {"state": "solved"})
    assert "solved" in citizen.get(f"/report/cases/{public_case.pk}/").text

    dispatcher.post(f"/public-cases/{public_case.pk}/withdraw/")

    assert citizen.get(f"/report/cases/{public_case.pk}/").status_code == 404
    assert "Nothing is public yet." in dispatcher.get("/public-cases/").text


def test_operators_and_guests_publish_nothing(operator, guest, event):
    assert operator.get(f"/events/{event.pk}/publish/").status_code == 403
    assert guest.post(f"/events/{event.pk}/publish/", {"title": "油烟"}).status_code == 403


def test_a_case_carries_a_token_so_that_one_click_counts_once(citizen, public_case):
    page = citizen.get(f"/report/cases/{public_case.pk}/").text

    assert hidden_of(page)["token"]


@pytest.mark.parametrize("address", ["/report/cases/7/", "/help/7/", "/nothing/"])
def test_what_is_no_longer_there_is_said_in_the_citizens_own_frame(citizen, settings, address):
    settings.DEMO = False

    page = citizen.get(address)

    assert page.status_code == 404
    assert "There is nothing at this address." in page.text
    assert "civicloop/citizen.css" in page.text
    assert "pico" not in page.text
