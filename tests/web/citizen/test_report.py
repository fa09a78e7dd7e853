"""A report without account and without script, in three pages."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.factories import UnitFactory, published_article
from tests.web.citizen.conftest import RECEIPT, hidden_of

from civicloop.apps.dispatch.models import OrderState, WorkOrder
from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Appeal, AppealPhoto, Contact, Registration
from civicloop.apps.knowledge.models import Audience
from civicloop.web.citizen import tokens
from civicloop.web.citizen.tokens import new_token

TEXT = "云溪路12号门前的路灯三天没亮了"


def test_three_pages_lead_to_a_receipt_without_any_personal_data(citizen, county, lighting, token):
    first = citizen.get("/report/")
    second = citizen.post("/report/", {"text": TEXT, "token": token})
    third = citizen.post("/report/where/", hidden_of(second.text) | {"area": county.code})
    last = citizen.post("/report/check/", hidden_of(third.text))

    assert "Page 1 of 3" in first.text
    assert "Page 2 of 3" in second.text
    assert "Page 3 of 3" in third.text
    number, _code = RECEIPT.findall(last.text)
    order = WorkOrder.objects.get()
    assert (order.number, order.state) == (number, OrderState.RECEIVED)
    assert (order.appeal.text, order.appeal.area) == (TEXT, county)
    assert not Contact.objects.exists()


def test_what_was_left_is_reached_again_with_all_words_kept(citizen, token):
    second = citizen.post("/report/", {"text": TEXT, "token": token})

    back = citizen.post(
        "/report/", hidden_of(second.text) | {"back": "1", "address": "云溪路", "area": ""}
    )

    assert f">{TEXT}</textarea>" in back.text
    assert hidden_of(back.text)["address"] == "云溪路"


def test_nothing_written_is_an_error_with_title_summary_and_link(citizen):
    page = citizen.post("/report/", {"text": "  "}).text

    assert "<title>Error:What happened?" in page.replace("\n", "")
    assert '<a href="#id_text">Please write what happened.</a>' in page
    assert 'aria-invalid="true"' in page


def test_too_much_says_how_much_it_is_and_keeps_it(citizen):
    page = citizen.post("/report/", {"text": "灯" * 4_120}).text

    assert "at most 4,000 characters. Now there are 4,120." in page
    assert "灯" * 4_120 in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Please say where, or tick that you cannot say."),
        ({"area": "777"}, "Please choose an area of the list."),
        ({"address": "石家庄市长安区"}, "Please call the 12345 of 石家庄市."),
    ],
)
def test_a_place_that_does_not_do_is_refused_in_words(citizen, city_area, said, words):
    page = citizen.post("/report/where/", {"text": TEXT} | said).text

    assert words in page
    assert "Page 2 of 3" in page


@pytest.mark.parametrize(
    "said",
    [
        {"is_place_unknown": "on"},
        {"address": "云溪市青禾路"},
        {"address": "华联超市门口"},
        {"address": "石家庄市大厦旁", "is_here": "on"},
    ],
)
def test_a_place_may_be_unknown_or_ours_or_said_to_be_ours(citizen, city_area, said):
    page = citizen.post("/report/where/", {"text": TEXT} | said).text

    assert "Page 3 of 3" in page


@pytest.fixture
def city_area(db):
    from tests.factories import AreaFactory

    from civicloop.apps.places.models import AreaLevel

    return AreaFactory(code="990100000000", name="云溪市", level=AreaLevel.CITY)


def test_danger_stops_the_report_until_it_is_passed_knowingly(citizen, token):
    stop = citizen.post("/report/", {"text": "楼道里燃气泄漏，快来人", "token": token})

    assert 'href="tel:119"' in stop.text
    assert "Page 2 of 3" not in stop.text
    on = citizen.post("/report/", hidden_of(stop.text))
    assert "Page 2 of 3" in on.text


def test_danger_also_stops_who_goes_straight_to_the_last_page(citizen, token):
    said = {"text": "燃气泄漏了", "is_place_unknown": "on", "token": token}

    assert 'href="tel:119"' in citizen.post("/report/check/", said).text
    assert not Appeal.objects.exists()


def test_a_danger_passed_knowingly_is_very_urgent(report):
    report("燃气泄漏了，味道很大", knows_emergency="on")

    assert WorkOrder.objects.get().urgency == "critical"


@pytest.mark.parametrize("phone", ["138 0013 8000", "+86 13800138000", "１３８００１３８０００"])
def test_a_telephone_is_taken_as_people_write_it(report, phone):
    report(phone=phone, name="王某某")

    assert open_contact(Contact.objects.get()).phone == "13800138000"


def test_a_telephone_of_thirteen_digits_is_refused_with_its_count(citizen, token):
    said = {"text": TEXT, "is_place_unknown": "on", "token": token, "phone": "1380013800012"}

    page = citizen.post("/report/check/", said).text

    assert "A mobile number has 11 digits, this one has 13." in page
    assert 'value="1380013800012"' in page
    assert not Appeal.objects.exists()


def test_the_citizen_may_say_that_the_topic_is_another(report, lighting):
    report(topic="路灯")

    assert Appeal.objects.get().topic == lighting


def test_a_report_of_a_wrong_is_offered_secrecy(citizen, token):
    page = citizen.post(
        "/report/where/",
        {
            "text": "我要举报某局工作人员收受贿赂，索要好处费",
            "is_place_unknown": "on",
            "token": token,
        },
    ).text

    assert "the office you report does not get it." in page
    assert 'id="id_is_confidential" checked' in page


def test_a_form_sent_again_shows_the_same_receipt(report):
    assert report() == report()
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("later", [timedelta(days=2), timedelta(days=400), timedelta(days=-1)])
def test_a_form_that_is_kept_shows_its_receipt_however_late_it_comes_again(
    citizen, report, monkeypatch, later
):
    first, now = report(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + later)

    assert report() == first
    assert Registration.objects.count() == 1


def test_a_form_that_is_kept_shows_its_receipt_also_where_no_more_reports_are_taken(
    report, settings
):
    settings.REPORTS_PER_HOUR = 1

    assert report() == report() == report()
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("made", ["", "not-ours", new_token(timezone.now() - timedelta(hours=25))])
def test_a_form_too_old_or_not_ours_is_shown_again_with_its_words(citizen, made):
    said = {"text": TEXT, "is_place_unknown": "on", "token": made}

    page = citizen.post("/report/check/", said).text

    assert "send it again" in page
    assert hidden_of(page)["text"] == TEXT
    assert not Appeal.objects.exists()


def test_a_form_sent_at_once_by_a_machine_is_not_taken(citizen, monkeypatch):
    monkeypatch.setattr(
        tokens, "QUICKEST", timedelta(hours=1)
    )  # the machine of the test may be slow
    said = {"text": TEXT, "is_place_unknown": "on", "token": new_token(timezone.now())}

    citizen.post("/report/check/", said)

    assert not Appeal.objects.exists()


def test_a_box_that_only_machines_see_must_stay_empty(citizen, token):
    said = {"text": TEXT, "is_place_unknown": "on", "token": token, "website": "http://x"}

    assert "leave the last box empty" in citizen.post("/report/check/", said).text
    assert not Appeal.objects.exists()


def test_too_many_reports_from_one_address_are_asked_to_call(citizen, settings):
    settings.REPORTS_PER_HOUR = 1
    answers = [
        citizen.post(
            "/report/check/",
            {"text": TEXT, "is_place_unknown": "on",
             "token": new_token(timezone.now() - timedelta(minutes=1))},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
        for number in range(2)
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "tel:12345" in answers[1].text


@pytest.mark.parametrize(
    ("network", "status"), [("2001:db8:0:1", 429), ("2001:db8:0:2", 200)], ids=["own", "another"]
)
def test_who_has_a_network_of_ipv6_sends_no_more_than_who_has_one_address(
    citizen, settings, network, status
):
    settings.REPORTS_PER_HOUR = 1
    addresses = ["2001:db8:0:1::1", f"{network}:ffff:1:2:3"]
    answers = [
        citizen.post(
            "/report/check/",
            {"text": TEXT, "is_place_unknown": "on",
             "token": new_token(timezone.now() - timedelta(minutes=1))},
            REMOTE_ADDR=address,
        )
        for address in addresses
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [200, status]


def test_a_database_that_fails_shows_no_receipt_and_keeps_the_words(citizen, token):
    def fail(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "dispatch_orderstep"'):
            raise OperationalError
        return execute(sql, params, many, context)

    said = {"text": TEXT, "is_place_unknown": "on", "token": token, "phone": "13800138000"}
    with connection.execute_wrapper(fail):
        failed = citizen.post("/report/check/", said)

    assert (failed.status_code, failed["Retry-After"]) == (503, "30")
    assert "It was not sent." in failed.text
    assert "tel:12345" in failed.text
    assert hidden_of(failed.text)["text"] == TEXT
    assert 'value="13800138000"' in failed.text
    assert not Appeal.objects.exists()


def test_looking_at_a_later_page_begins_at_the_first(citizen):
    assert citizen.get("/report/where/").headers["Location"] == "/report/"
    assert citizen.get("/report/check/").headers["Location"] == "/report/"


def test_nothing_is_kept_while_somebody_writes(citizen, token):
    citizen.get("/report/")
    citizen.post("/report/", {"text": TEXT, "token": token})
    citizen.post("/report/where/", {"text": TEXT, "is_place_unknown": "on", "token": token})

    assert not Appeal.objects.exists()
    assert "sessionid" not in citizen.cookies


def test_pages_are_kept_by_no_cache(citizen):
    assert "no-store" in citizen.get("/report/")["Cache-Control"]


def test_a_report_sent_again_gives_the_same_receipt_whatever_the_order_of_its_fields(
    citizen, token
):
    said = {"text": TEXT, "is_place_unknown": "on", "token": token, "name": "欧阳"}

    first = citizen.post("/report/check/", said)
    again = citizen.post("/report/check/", dict(reversed(said.items())))

    assert RECEIPT.findall(first.text) == RECEIPT.findall(again.text) != []
    assert Appeal.objects.count() == 1


def test_a_report_that_was_changed_after_it_was_sent_is_refused_and_the_words_stay(citizen, token):
    said = {"text": TEXT, "is_place_unknown": "on", "token": token}
    number, _ = RECEIPT.findall(citizen.post("/report/check/", said).text)

    changed = citizen.post("/report/check/", said | {"text": f"{TEXT}，今天又坏了"})

    assert changed.status_code == 422
    assert f"number {number}" in changed.text
    assert hidden_of(changed.text)["text"] == f"{TEXT}，今天又坏了"
    assert not RECEIPT.findall(changed.text)
    assert Appeal.objects.get().text == TEXT


def photograph(name: str = "现场.jpg", **options) -> SimpleUploadedFile:
    output = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(output, "JPEG", **options)
    return SimpleUploadedFile(name, output.getvalue(), "image/jpeg")


@pytest.fixture
def complete(token) -> dict[str, object]:
    return {"text": TEXT, "is_place_unknown": "on", "token": token}


def test_photographs_are_kept_without_place_and_camera_once(citizen, complete, clerk_at_desk):
    exif = Image.Exif()
    exif[0x010F] = "canary-maker"
    said = complete | {"photos": [photograph(exif=exif), photograph()]}

    first = citizen.post("/report/check/", said)
    citizen.post("/report/check/", complete | {"photos": [photograph()]})  # the same form again

    assert RECEIPT.findall(first.text)
    photos = list(AppealPhoto.objects.order_by("pk"))
    assert len(photos) == 2
    for photo in photos:
        with photo.file.open() as kept:
            content = kept.read()
        assert content.startswith(b"\xff\xd8\xff")
        assert b"canary" not in content
    order = WorkOrder.objects.get()
    page = clerk_at_desk.get(f"/orders/{order.pk}/").text
    picture = clerk_at_desk.get(f"/orders/{order.pk}/photos/{photos[0].pk}/")
    assert page.count(f"/orders/{order.pk}/photos/") == 4  # each shown and to be saved
    assert picture["Content-Disposition"].startswith("attachment")
    assert b"".join(picture.streaming_content).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ([b"<html>"], "cannot be opened"),
        ([b"GIF89a" + b"0" * 99], "cannot be opened"),
        ([b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024)], "larger than 10 MB"),
    ],
)
def test_a_photograph_that_cannot_be_taken_keeps_the_words(citizen, complete, photos, words):
    files = [SimpleUploadedFile("a.jpg", content, "image/jpeg") for content in photos]

    page = citizen.post("/report/check/", complete | {"photos": files})

    assert words in page.text
    assert '<a href="#id_photos">' in page.text
    assert TEXT in page.text
    assert not Appeal.objects.exists()


def test_more_than_three_photographs_are_refused(citizen, complete):
    page = citizen.post("/report/check/", complete | {"photos": [photograph() for _ in range(4)]})

    assert "at most three photographs" in page.text
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("城市管理局", ""), ("云溪区城市管理局执法科李科长", "云溪区城市管理局执法科李科长")],
)
def test_whom_a_citizen_complains_of_never_gets_the_report(written, kept, citizen, county, token):
    complained_of = UnitFactory(name="云溪区城市管理局", area=county)
    second = citizen.post("/report/", {"text": TEXT, "token": token})
    third = citizen.post("/report/where/", hidden_of(second.text) | {"area": county.code})

    citizen.post("/report/check/", hidden_of(third.text) | {"respondent": written})

    order = WorkOrder.objects.get()
    assert (order.respondent_unit, order.respondent_name) == (complained_of, kept)


def test_a_firm_that_is_no_unit_is_kept_by_its_name(citizen, county, token):
    second = citizen.post("/report/", {"text": TEXT, "token": token})
    third = citizen.post("/report/where/", hidden_of(second.text) | {"area": county.code})

    citizen.post("/report/check/", hidden_of(third.text) | {"respondent": " 某某 物业公司 "})

    order = WorkOrder.objects.get()
    assert (order.respondent_unit, order.respondent_name) == (None, "某某 物业公司")


def test_what_answers_is_read_while_somebody_writes_and_again_before_the_place(citizen, token):
    for title in ("居住证申领", "公租房条件", "路灯报修"):
        published_article(title=title, audience=Audience.PUBLIC)
    stopped = published_article(title="停水怎么办", answer="先看公告。", audience=Audience.PUBLIC)
    published_article(title="停水答复口径", audience=Audience.INTERNAL)
    written = {"text": "小区停水两天了也没人通知，什么时候来水", "token": token}

    beside = citizen.post("/report/similar/", written).text
    before_the_place = citizen.post("/report/", written).text

    for page in (beside, before_the_place):
        assert "停水怎么办" in page
        assert "先看公告。" in page
        assert reverse("knowledge:count_read", args=[stopped.pk]) in page
        assert "停水答复口径" not in page
    assert "停水" not in citizen.post("/report/similar/", {"text": "停水了"}).text
