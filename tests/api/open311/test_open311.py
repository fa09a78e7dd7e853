"""Open311 programs send reports and read what is public, and nothing else."""

import json
import socket
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from civicloop.apps.dispatch.models import PublicCase, PublicState
from civicloop.apps.intake.contacts import open_contact
from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import Event
from tests.api.conftest import TEXT
from tests.api.open311.reading import from_xml, in_words
from tests.factories import AreaFactory, TopicFactory, UserFactory

V2 = "/api/open311/v2"
BOTH = pytest.mark.parametrize("notation", ["xml", "json"])


@pytest.fixture
def lighting(db):
    return TopicFactory(code="001", path="市政/路灯")


@pytest.fixture
def report(program, key, lighting):
    def report(again: str = "", notation: str = "json", **said: str):
        form = {
            "api_key": key,
            "service_code": "001",
            "description": TEXT,
            "address_string": "云溪路",
        }
        return program.post(
            f"{V2}/requests.{notation}",
            urlencode(form | said),
            content_type="application/x-www-form-urlencoded; charset=utf-8",
            headers={"Idempotency-Key": again} if again else {},
        )  # fmt: skip

    return report


@pytest.fixture
def make_case(lighting):
    def make(title: str = "路灯不亮", days_ago: int = 1, **fields: object) -> PublicCase:
        at = timezone.now() - timedelta(days=days_ago)
        event = Event.objects.create(
            title="张三的路灯",
            appeal_count=2,
            people_count=2,
            first_at=at,
            last_at=at,
            topic=lighting,
        )
        user = UserFactory()
        return PublicCase.objects.create(
            event=event, title=title, area=AreaFactory(), published_by=user, published_at=at, **fields
        )  # fmt: skip

    return make


def said_by(response) -> object:
    is_json = response["Content-Type"].startswith("application/json")
    return in_words(json.loads(response.content)) if is_json else from_xml(response.content)


def ids_of(program, query: str = "") -> list[str]:
    return [one["service_request_id"] for one in program.get(f"{V2}/requests.json{query}").json()]


def test_discovery_leads_to_the_services(program, lighting):
    [endpoint] = program.get("/api/open311/discovery.json").json()["endpoints"]

    found = program.get(f"{endpoint['url']}/services.json").json()

    assert [one["service_code"] for one in found] == ["001", "other"]
    assert (found[0]["service_name"], found[0]["group"]) == ("路灯", "市政")


@pytest.mark.parametrize(
    "address",
    [
        "/api/open311/discovery.{}",
        f"{V2}/services.{{}}",
        f"{V2}/services/001.{{}}",
        f"{V2}/services/none.{{}}",
        f"{V2}/requests.{{}}",
        f"{V2}/requests.{{}}?status=lost",
        f"{V2}/requests/none.{{}}",
    ],
)
def test_xml_and_json_say_the_same(address, program, make_case):
    make_case("路灯 <b>&amp; “夜里”不亮")

    xml, in_json = program.get(address.format("xml")), program.get(address.format("json"))

    assert xml.status_code == in_json.status_code
    assert (xml["Content-Type"], in_json["Content-Type"]) == (
        "text/xml; charset=utf-8",
        "application/json; charset=utf-8",
    )
    here, there = said_by(xml), said_by(in_json)
    if "discovery" in address:  # says where its own notation is
        assert here["endpoints"][0]["url"] == there["endpoints"][0]["url"]
    assert here == there


@BOTH
def test_a_report_becomes_an_appeal_with_a_receipt(notation, report):
    response = report(
        notation=notation, lat="40.0766", long="113.3", last_name="张", first_name="三",
        phone="13800138000", email="z@example.org", **{"attribute[CONFIDENTIAL]": "yes"},
    )  # fmt: skip

    [said], appeal = said_by(response), Appeal.objects.get()
    assert response.status_code == 201
    assert said["service_request_id"] == appeal.sent.open_id
    assert appeal.receipt.number in said["service_notice"]
    assert (appeal.text, appeal.topic.code, appeal.channel.code) == (TEXT, "001", "app")
    assert appeal.address == "云溪路 40.076600, 113.300000 (WGS 84)"
    assert appeal.orders.get().is_confidential
    contact = open_contact(appeal.contact)
    assert (contact.name, contact.phone, contact.preference) == ("张三", "13800138000", "z@example.org")  # fmt: skip


def test_a_report_that_is_sent_again_under_its_key_is_the_same(report):
    assert report("k").content == report("k").content
    assert report("k", description="another").status_code == 400
    assert Appeal.objects.count() == 1
    report()
    report()
    assert Appeal.objects.count() == 3


def test_a_picture_is_never_fetched(report):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg"

        [said] = report(media_url=address).json()

        with pytest.raises(BlockingIOError):
            listener.accept()
    assert said["service_notice"].endswith("The picture was not fetched.")
    assert "127.0.0.1" not in Appeal.objects.get().text


@BOTH
@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"service_code": ""}, "400", "service_code: Choose a service."),
        ({"service_code": "9"}, "404", "service_code: There is no such service."),
        ({"description": " "}, "400", "description: Please write what happened."),
        ({"description": "字" * 4_001}, "400", "description: Send at most 4000 characters."),
        ({"address_string": ""}, "400", "address_string: Say where: address_string, or lat and long."),
        ({"lat": "40"}, "400", "lat: Send lat and long together."),
        ({"lat": "nan", "long": "200"}, "400", "lat: Send degrees of WGS 84."),
        ({"phone": "1"}, "400", "phone: A mobile number has 11 digits, this one has 1."),
        ({"api_key": "wrong"}, "403", "Send a key that may do this: Authorization: Bearer KEY."),
        ({"api_key": ""}, "403", "Send a key that may do this: Authorization: Bearer KEY."),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_listed(said, status, words, notation, report):
    response = report(notation=notation, **said)

    first = said_by(response)[0]
    assert (response.status_code, first) == (int(status), {"code": status, "description": words})
    assert not Appeal.objects.exists()


def test_a_report_that_is_no_form_is_refused(program, key, lighting):
    body = json.dumps({"api_key": key, "service_code": "001", "description": TEXT})

    response = program.post(f"{V2}/requests.xml", body, content_type="application/json")

    assert response.status_code == 415


def test_only_what_a_person_published_is_read(report, make_case, program):
    report()
    case, _gone = make_case(), make_case("旧事", withdrawn_at=timezone.now())

    response = program.get(f"{V2}/requests.json")

    [said] = response.json()
    assert (said["service_request_id"], said["description"]) == (case.open_id, "路灯不亮")
    assert (said["address"], said["lat"], said["long"]) == ("云溪区", "", "")
    assert "张三" not in response.text
    assert TEXT not in response.text


def test_ids_tell_nothing(make_case, program):
    cases = [make_case(), make_case()]

    assert all(len(case.open_id) == 32 for case in cases)
    for case in cases:
        assert program.get(f"{V2}/requests/{case.pk}.json").status_code == 404


def test_a_report_is_followed_by_who_sent_it_and_is_nowhere_for_others(
    report, program, key, make_key
):
    address = f"{V2}/requests/{report().json()[0]['service_request_id']}.json"

    def follow(**headers: str):
        return program.get(address, headers=headers)

    [said] = follow(Authorization=f"Bearer {key}").json()
    assert (said["status"], said["service_code"], said["description"]) == ("open", "001", "")
    foreign = follow(Authorization=f"Bearer {make_key('another')}")
    assert foreign.status_code == follow().status_code == 404
    assert foreign.content == follow().content == program.get(f"{V2}/requests/none.json").content


def test_cases_are_asked_for_by_time_service_state_and_page(make_case, program):
    new, solved, old = make_case(), make_case(days_ago=2, state=PublicState.SOLVED), make_case(days_ago=92)  # fmt: skip
    first = urlencode({"start_date": old.published_at.isoformat()})

    assert ids_of(program) == [new.open_id, solved.open_id]
    assert ids_of(program, "?status=closed") == [solved.open_id]
    assert ids_of(program, "?service_code=001,other") == [new.open_id, solved.open_id]
    assert ids_of(program, "?service_code=other") == []
    new.event.topic = None
    new.event.save()
    assert ids_of(program, "?service_code=other") == [new.open_id]
    assert ids_of(program, "?page=2&page_size=1") == [solved.open_id]
    assert ids_of(program, f"?{first}") == [solved.open_id, old.open_id]
    asked = f"?service_request_id={old.open_id},{new.open_id}&status="
    assert ids_of(program, asked) == [new.open_id, old.open_id]


@pytest.mark.parametrize(
    "query",
    [
        "status=lost", "service_code=9", "page=0", "page=%EF%BC%91", "page_size=1001", "page=9999999",
        "start_date=2026-01-31", "start_date=9999-12-31T23:59:59Z", "end_date=0001-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_said(query, program, make_case):
    response = program.get(f"{V2}/requests.json?{query}")

    assert (response.status_code, response.json()[0]["code"]) == (400, "400")
