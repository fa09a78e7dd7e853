"""Faults that comparable systems had, each by its name, so that none of them comes to us.

From the changelogs and histories of FixMyStreet (fms), Signals of Amsterdam and Hush Line.
What another module's tests hold is named in HELD_ELSEWHERE; every other fault has its test below.
"""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests.factories import UserFactory
from tests.web.citizen.conftest import public_case, report, token  # noqa: F401 -- fixtures

import civicloop
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.actions.clients import add_client
from civicloop.apps.intake.models import ApiAction, ApiClient, Appeal, Channel
from civicloop.web.citizen.tokens import new_token

SCRIPT = '"><script>alert(1)</script>'
PASSWORD = "correct horse battery"
PHONE = "13800138000"
TEMPLATES = Path(civicloop.__file__).parent / "web" / "templates"
ROOT = Path(__file__).parents[2]

HELD_ELSEWHERE = {
    "fms 1.7.1, 1.8.2: an uploaded image ran a command": [
        "tests/connectors/pictures/test_rewriting.py::test_a_hostile_file_is_refused",
        "tests/connectors/pictures/test_rewriting.py::test_what_hides_behind_the_picture_is_cut_off",
    ],
    "fms 3.0: no new session at log-in": [
        "tests/web/accounts/test_guarding.py::test_log_in_and_out_are_written_down"
    ],
    "fms #2149: a form told of what it was filled in from": [
        "tests/web/looks/test_accused_forms.py::test_no_form_answers_an_insider_with_the_report"
    ],
    "fms #1729: a copy was left over when its original was opened again": [
        "tests/apps/dispatch/test_merging.py::test_a_merged_citizen_is_not_forgotten_when_the_main_order_ends_without_an_answer",
        "tests/apps/dispatch/test_moving.py::test_a_reopened_order_has_no_end_any_more",
    ],
    "Signals 2024-01: a port in X-Forwarded-For went past the limit": [
        "tests/web/accounts/test_guarding.py::test_the_address_is_what_the_own_proxies_wrote",
        "tests/web/accounts/test_guarding.py::test_another_address_said_by_the_request_itself_does_not_open_it",
    ],
    "Signals 2023-12: entities in a partner's XML": [
        "tests/connectors/spreadsheets/test_hostile_files.py::test_entities_are_refused_wherever_they_stand"
    ],
    "Signals until 2023-10: attachments without a right of their own": [
        "tests/web/dispatch/test_order.py::test_a_picture_is_sent_as_a_file_to_those_who_may_see_the_order",
        "tests/web/dispatch/test_photos.py::test_of_a_report_the_unit_sees_none",
    ],
    "Signals 2023-10: addresses about the reporter without a check": [
        "tests/web/looks/test_looks.py::test_roles_outside_the_hotline_see_no_contact"
    ],
    "Signals 2022-07: a pattern that took for ever": [
        "tests/engines/pii/test_pii.py::test_time_grows_with_the_length_alone"
    ],
    "Signals 2019-07 to 2025-10: cases stuck while they were sent": [
        "tests/apps/jobs/test_outbox.py::test_a_message_left_by_a_dead_sender_is_in_doubt",
        "tests/apps/jobs/test_killed_workers.py::test_job_of_a_killed_worker_is_done_once",
    ],
    "Hush Line: names of the internet that change their address": [
        "tests/connectors/notify/test_gateways.py::test_an_address_of_no_robot_is_refused",
        "tests/connectors/notify/test_gateways.py::test_a_redirect_is_not_followed",
    ],
}


def test_every_fault_that_is_held_elsewhere_has_its_test():
    named = [test.split("::") for tests in HELD_ELSEWHERE.values() for test in tests]

    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)], name


@pytest.fixture
def browse(db):
    def browse(role: str) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(UserFactory(role=role))
        return client

    return browse


@pytest.fixture
def citizen(db) -> Client:
    return Client(headers={"Accept-Language": "en"})


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.SECURITY_ADMIN, "/people/"),
        (Role.DISPATCHER, "/appeals/"),
        (Role.DISPATCHER, "/events/"),
        (Role.DISPATCHER, "/classes/"),
        (Role.DISPATCHER, "/knowledge/"),
        (Role.DISPATCHER, "/public-cases/"),
        (Role.SUPERVISOR, "/supervision/"),
    ],
)
@pytest.mark.parametrize("field", ["page", "q", "sort", "state"])
def test_fms_script_in_the_number_of_a_page(role, path, field, browse):
    response = browse(role).get(path, {field: SCRIPT})

    assert response.status_code in {200, 302, 404}
    assert "<script>alert" not in response.text


def test_fms_script_in_the_title_of_a_page_and_its_links(citizen, public_case):  # noqa: F811
    public_case.title = SCRIPT
    public_case.save()

    page = citizen.get(f"/report/cases/{public_case.pk}/", {"pins": SCRIPT}).text

    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page


def test_fms_a_template_that_escapes_nothing():
    written = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}

    assert len(written) > 100
    assert not [
        name for name, text in written.items() if "autoescape off" in text or "|safe" in text
    ]


@pytest.mark.parametrize("name", ["evil.jpg|touch /tmp/owned", "$(id).png", "../../etc/passwd"])
def test_fms_a_file_that_is_named_like_a_command(name, citizen, token):  # noqa: F811
    photo = SimpleUploadedFile(
        name, b"push graphic-context\nfill 'url(https://x|id)'", "image/jpeg"
    )
    said = {"text": "路灯不亮", "is_place_unknown": "on", "token": token, "photos": [photo]}

    page = citizen.post("/report/check/", said).text

    assert "cannot be opened" in page
    assert not Appeal.objects.exists()


def test_fms_a_link_that_logs_in_whoever_opens_it(citizen, db):
    user = User.objects.create_user(username="li", password=PASSWORD, role=Role.DISPATCHER)
    links = ["/notices/", f"/people/{user.pk}/", "/accounts/login/?token=1&user=li"]

    answers = [citizen.get(link) for link in links]

    assert all(reverse("account_login") in answer.headers["Location"] for answer in answers[:2])
    assert "_auth_user_id" not in citizen.session


def test_fms_a_log_in_that_tells_of_the_account(citizen):
    User.objects.create_user(
        username="li", password=PASSWORD, role=Role.DISPATCHER, first_name="李一一"
    )

    page = citizen.post(reverse("account_login"), {"login": "li", "password": "wrong"}).text

    assert "li" in page
    assert "李一一" not in page


def test_fms_keys_of_programs_that_lie_open(db):
    channel = Channel.objects.create(code="app", name="app")
    _client, key = add_client(
        name="app", channel=channel, actions=list(ApiAction), hourly_limit=9, actor=None,
        now=timezone.now(),
    )  # fmt: skip

    kept = str(ApiClient.objects.values().get())

    assert key not in kept
    assert key.encode().hex() not in kept


def test_fms_an_address_that_still_shows_what_was_taken_back(citizen, browse, public_case):  # noqa: F811
    address = f"/report/cases/{public_case.pk}/"
    assert citizen.get(address).status_code == 200

    publisher = browse(Role.DISPATCHER)
    publisher.post(f"/public-cases/{public_case.pk}/withdraw/")

    assert citizen.get(address).status_code == 404
    similar = citizen.post("/report/similar/", {"text": public_case.title}).text
    assert public_case.title not in similar


def test_signals_a_limit_that_counts_other_requests(citizen, settings, token):  # noqa: F811
    settings.REPORTS_PER_HOUR = 1
    said = {"text": "路灯不亮", "is_place_unknown": "on", "token": token}
    for _ in range(3):
        citizen.get("/report/")
        citizen.post("/report/", said)
        citizen.post("/report/where/", said)
        citizen.post("/report/check/", said | {"token": "none of ours"})

    assert citizen.post("/report/check/", said).status_code == 200
    assert Appeal.objects.count() == 1


def test_signals_ports_that_went_past_the_limit_of_reports(citizen, settings):
    settings.TRUSTED_PROXIES, settings.REPORTS_PER_HOUR = 1, 1
    made = timezone.now() - timedelta(minutes=1)
    statuses = [
        citizen.post(
            "/report/check/",
            {"text": "路灯不亮", "is_place_unknown": "on", "token": new_token(made)},
            headers={"X-Forwarded-For": f"203.0.113.9:{port}"},
        ).status_code
        for port in (1001, 1002)
    ]

    assert statuses == [200, 429]


def test_signals_entities_in_what_a_program_sends(db):
    body = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><request>&x;</request>'

    answer = Client().post(
        "/api/open311/v2/requests.xml", body, content_type="text/xml; charset=utf-8"
    )

    assert answer.status_code == 415
    assert "root:" not in answer.text


def test_signals_a_form_that_another_site_may_send():
    exempt = [path for path, view in addresses() if getattr(view, "csrf_exempt", False)]

    assert exempt
    assert not [path for path in exempt if not path.startswith("api/")]


def addresses(resolver: URLResolver | None = None, before: str = ""):
    """Every address of the site with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        path = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            yield path, one.callback
        else:
            yield from addresses(one, path)


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR, Role.REVIEWER, Role.GUEST])
def test_signals_a_contact_on_what_is_printed(role, report, browse):  # noqa: F811
    report(phone=PHONE, name="王某某")
    appeal = Appeal.objects.get()
    order = appeal.orders.get()
    client = browse(role)

    for path in (f"/appeals/{appeal.pk}/", f"/orders/{order.pk}/"):
        page = client.get(path).content.decode()
        assert PHONE not in page
        assert "王某某" not in page


def test_hush_line_a_log_in_without_a_limit_for_all_names_together(citizen, db):
    User.objects.create_user(username="li", password=PASSWORD, role=Role.OPERATOR)
    page = reverse("account_login")
    for number in range(30):
        citizen.post(page, {"login": f"name-{number}", "password": "wrong"})

    citizen.post(page, {"login": "li", "password": PASSWORD})

    assert "_auth_user_id" not in citizen.session
