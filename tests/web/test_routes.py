"""Every address of the site and who gets to it. An address that is not in the table fails.

The table is written by hand and not read from the policy: a role that gains a page must gain it
here, too, under somebody's eyes.
"""

import io
import uuid
from collections.abc import Iterator, Mapping

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image
from tests.apps.air.kept import keep_some_air
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_dispatched,
    make_signed,
    police,
)
from tests.apps.dispatch.directories import draft as draft_directory
from tests.apps.dispatch.directories import rule
from tests.apps.indicators.stating import one_figure
from tests.factories import AreaFactory, UserFactory, published_article

from civicloop.apps.accounts.models import ADMINS, OF_A_UNIT, Role
from civicloop.apps.dispatch.actions.batches import draft_plan
from civicloop.apps.dispatch.actions.evidence import add_evidence, read_evidence
from civicloop.apps.dispatch.models import ReplyClaim, WorkOrder
from civicloop.apps.intake.models import ImportRun, ImportState, OnError

PUBLIC = None  # nobody need be logged in
KEYS = None  # programs with a key, whoever is logged in: see tests/api
ALL = frozenset(Role)
STAFF = ALL - {Role.GUEST}
WITH_CALENDAR = ALL - {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
UNIT = frozenset({Role.UNIT_CLERK, Role.UNIT_HEAD})
READERS = ALL - UNIT - ADMINS - {Role.MEDIATOR}
CENTRE = frozenset({Role.DISPATCHER})
SEATS = CENTRE | {Role.OPERATOR}
HANDLING = SEATS | {Role.REVIEWER, Role.CALLER_BACK}
EDITORS = CENTRE | {Role.SUPERVISOR}
APPROVERS = frozenset({Role.SUPERVISOR})
OVERSEERS = APPROVERS | {Role.LEADER}
OF_CASES = frozenset({Role.PETITION_OFFICER, Role.MEETING_SECRETARY})
WITH_FIGURES = OVERSEERS | OF_CASES | {Role.DISPATCHER, Role.UNIT_HEAD}
HANDLERS = UNIT
SYSTEM_ADMIN = frozenset({Role.SYSTEM_ADMIN})
SECURITY_ADMIN = frozenset({Role.SECURITY_ADMIN})
MEETERS = APPROVERS | {Role.MEETING_SECRETARY}
PETITIONERS = frozenset({Role.PETITION_OFFICER})
MEDIATORS = PETITIONERS | {Role.MEDIATOR}
WITH_MEETINGS = MEETERS | OVERSEERS | UNIT
WITH_RECEPTIONS = MEETERS | OVERSEERS | PETITIONERS
WITH_MEDIATIONS = MEDIATORS | OVERSEERS
WITH_PETITIONS = PETITIONERS | OVERSEERS | UNIT
WITH_CASES = WITH_MEETINGS | WITH_RECEPTIONS | WITH_MEDIATIONS | WITH_PETITIONS
WITH_ORDERS = STAFF - ADMINS - {Role.MEDIATOR}  # a mediator sees the orders of the own cases only

ROUTES: Mapping[str, frozenset[Role] | None] = {
    "home": ALL,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,  # to the addresses that the city names, whoever asks
    "set_language": PUBLIC,
    "api:openapi": PUBLIC,
    "api:appeals": KEYS,
    "api:appeal": KEYS,
    "api:open311:discovery": PUBLIC,
    "api:open311:services": PUBLIC,
    "api:open311:definition": PUBLIC,
    "api:open311:requests": PUBLIC,  # published cases; who sends needs a key
    "api:open311:request": PUBLIC,  # and who follows what a program sent
    "api:missing": PUBLIC,
    "account_login": PUBLIC,
    "single_sign_on": PUBLIC,
    "single_sign_on_back": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "session_left": STAFF,
    "session_longer": STAFF,
    "account_reauthenticate": STAFF,
    "account_change_password": STAFF,
    "usersessions_list": STAFF,
    "mfa_index": STAFF,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": STAFF,
    "mfa_activate_totp": STAFF,
    "mfa_deactivate_totp": STAFF,
    "mfa_list_webauthn": STAFF,
    "mfa_add_webauthn": STAFF,
    "mfa_reauthenticate_webauthn": STAFF,
    "mfa_edit_webauthn": STAFF,
    "mfa_remove_webauthn": STAFF,
    "mfa_view_recovery_codes": STAFF,
    "mfa_generate_recovery_codes": STAFF,
    "mfa_download_recovery_codes": STAFF,
    "audit:events": frozenset({Role.AUDIT_ADMIN}),
    "people:people": SECURITY_ADMIN,
    "people:new_account": SECURITY_ADMIN,
    "people:account": SECURITY_ADMIN,
    "people:renew_password": SECURITY_ADMIN,
    "people:remove_factors": SECURITY_ADMIN,
    "programs:programs": SECURITY_ADMIN,
    "programs:new_program": SECURITY_ADMIN,
    "programs:revoke": SECURITY_ADMIN,
    "citizen:what": PUBLIC,
    "citizen:where": PUBLIC,
    "citizen:check": PUBLIC,
    "citizen:similar": PUBLIC,
    "citizen:case": PUBLIC,
    "citizen:track": PUBLIC,
    "looks:ask": SEATS | {Role.CALLER_BACK},
    "looks:list": SEATS | {Role.CALLER_BACK, Role.SUPERVISOR},
    "looks:look": SEATS | {Role.CALLER_BACK},
    "looks:open": SEATS | {Role.CALLER_BACK},
    "looks:mark": SEATS | {Role.CALLER_BACK},
    "looks:decide": APPROVERS,
    "citizen:publish": EDITORS,
    "citizen:case_list": EDITORS,
    "citizen:settle": EDITORS,
    "citizen:withdraw": EDITORS,
    "clocks:calendar": WITH_CALENDAR,
    "clocks:limits": WITH_CALENDAR,
    "clocks:import_year": SYSTEM_ADMIN,
    "clocks:change_day": SYSTEM_ADMIN,
    "clocks:change_hours": SYSTEM_ADMIN,
    "clocks:seed": SYSTEM_ADMIN,
    "desk:new": SEATS,
    "desk:suggest": SEATS,
    "desk:draft": SEATS,
    "desk:drop": SEATS,
    "desk:park": SEATS,
    "desk:resume": SEATS,
    "desk:marks": SEATS | {Role.SUPERVISOR},
    "desk:propose_mark": SEATS,
    "desk:decide_mark": {Role.SUPERVISOR},
    "desk:lift_mark": {Role.SUPERVISOR},
    "board:board": CENTRE,
    "board:preview": CENTRE,
    "board:accept": CENTRE,
    "board:plan": CENTRE,
    "board:undo": CENTRE,
    "board:merge": CENTRE,
    "board:return": CENTRE,
    "board:later": CENTRE,
    "board:back": CENTRE,
    "palette:go": ALL,
    "air:air": READERS | UNIT,
    "air:air_day": READERS | UNIT,
    "air:air_period": READERS | UNIT,
    "air:compare": READERS | UNIT,
    "air:download": READERS | UNIT,
    "indicators:indicator_board": READERS | UNIT,
    "indicators:indicator": READERS | UNIT,
    "indicators:indicator_figure": READERS | UNIT,
    "indicators:download": READERS | UNIT,
    "indicators:drawing": READERS | UNIT,
    "indicators:goals": READERS | UNIT,
    "indicators:goal_step": APPROVERS,
    "indicators:observations": APPROVERS,
    "indicators:record_observations": APPROVERS,
    "indicators:returned_observations": APPROVERS,
    "intake:appeal_list": READERS,
    "intake:appeal": READERS,
    "intake:import_list": CENTRE,
    "intake:import_run": CENTRE,
    "intake:start_import": CENTRE,
    "intake:abandon_import": CENTRE,
    "intake:remap_import": CENTRE,
    "intake:returned_workbook": CENTRE,
    "issues:hot_issues": READERS,
    "issues:export": READERS,
    "issues:alarm_list": READERS,
    "issues:backtest": READERS,
    "issues:alarm": READERS,
    "issues:event_list": READERS,
    "issues:event": READERS,
    "issues:merge": EDITORS,
    "issues:split": EDITORS,
    "issues:confirm": EDITORS,
    "issues:class_list": READERS,
    "issues:export_classes": READERS,
    "issues:event_class": READERS,
    "issues:export_class": READERS,
    "issues:name_class": EDITORS,
    "issues:take_out": EDITORS,
    "issues:add_to_class": EDITORS,
    "issues:undo_class": EDITORS,
    "issues:undo": EDITORS,
    "issues:settle_topic": HANDLING,
    "issues:topic_model": READERS,
    "issues:model_export": READERS,
    "issues:use_model": APPROVERS,
    "issues:reply_list": READERS,
    "issues:reply_export": READERS,
    "jobs:overview": SYSTEM_ADMIN,
    "jobs:retry": SYSTEM_ADMIN,
    "jobs:send": SYSTEM_ADMIN,
    "notices:list": STAFF,
    "notices:read_all": STAFF,
    "notices:undo_read": STAFF,
    "notices:read": STAFF,
    "notices:preferences": STAFF,
    "knowledge:article_list": READERS | UNIT,
    "knowledge:export": READERS,
    "knowledge:new_article": HANDLING,
    "knowledge:import_articles": HANDLING,
    "knowledge:review_queue": READERS | UNIT,
    "knowledge:knowledge_report": READERS | UNIT,
    "knowledge:knowledge_report_rows": READERS | UNIT,
    "knowledge:export_report": READERS,
    "knowledge:suggest": READERS | UNIT,
    "knowledge:count_shown": READERS | UNIT,
    "knowledge:article": READERS | UNIT,
    "knowledge:edit_article": HANDLING,
    "knowledge:submit": HANDLING,
    "knowledge:approve": APPROVERS,
    "knowledge:return": APPROVERS,
    "knowledge:withdraw": APPROVERS,
    "knowledge:confirm": APPROVERS,
    "knowledge:restore": HANDLING,
    "knowledge:ask_correction": HANDLING,
    "knowledge:settle_correction": APPROVERS,
    "knowledge:help": PUBLIC,
    "knowledge:help_article": PUBLIC,
    "knowledge:count_read": PUBLIC,
    "knowledge:helped": PUBLIC,
    "dispatch:figures": WITH_FIGURES,
    "dispatch:figure": WITH_FIGURES,
    "dispatch:figure_orders": WITH_FIGURES,
    "dispatch:plan_list": CENTRE,
    "dispatch:new_plan": CENTRE,
    "dispatch:plan": CENTRE,
    "dispatch:plan_countdown": CENTRE,
    "dispatch:send_plan": CENTRE,
    "dispatch:undo_plan": CENTRE,
    "dispatch:own_answer": CENTRE,
    "dispatch:merge_orders": CENTRE,
    "dispatch:oversight": OVERSEERS,
    "dispatch:export_oversight": OVERSEERS,
    "dispatch:inbox": STAFF - ADMINS,
    "dispatch:sign_many": HANDLERS,
    "dispatch:order": WITH_ORDERS,
    "dispatch:split": CENTRE,
    "dispatch:divide": CENTRE,
    "dispatch:step": HANDLERS,
    "dispatch:check": HANDLERS,
    "dispatch:draft": HANDLERS,
    "dispatch:presence": WITH_ORDERS,
    "dispatch:evidence": WITH_ORDERS,
    "dispatch:photo": WITH_ORDERS - {Role.LEADER, Role.GUEST},
    "dispatch:remove_evidence": HANDLERS,
    "directory:directory": READERS | UNIT,
    "directory:directory_backtest": HANDLING | {Role.SUPERVISOR},
    "directory:directory_proposals": CENTRE,
    "directory:use_unit_model": APPROVERS,
    "directory:directory_version": READERS | UNIT,
    "directory:export": READERS | UNIT,
    "directory:copy": CENTRE,
    "directory:approve": APPROVERS,
    "directory:retire": APPROVERS,
    "directory:discard": CENTRE,
    "directory:new_directory_rule": CENTRE,
    "directory:directory_rule": CENTRE,
    "directory:remove": CENTRE,
    "cases:open_cases": WITH_CASES,
    "cases:case_figures": WITH_FIGURES,
    "cases:case_figure_rows": WITH_FIGURES,
    "cases:meeting_list": WITH_MEETINGS,
    "cases:choose_meeting": MEETERS,
    "cases:new_meeting": MEETERS,
    "cases:meeting": WITH_MEETINGS,
    "cases:meeting_step": WITH_MEETINGS,
    "cases:reception_list": WITH_RECEPTIONS,
    "cases:new_reception": PETITIONERS,
    "cases:reception": WITH_RECEPTIONS,
    "cases:reception_step": WITH_RECEPTIONS,
    "cases:mediation_list": WITH_MEDIATIONS,
    "cases:new_mediation": MEDIATORS,
    "cases:new_committee": MEDIATORS,
    "cases:mediation": WITH_MEDIATIONS,
    "cases:mediation_step": WITH_MEDIATIONS,
    "cases:petition_list": WITH_PETITIONS,
    "cases:new_petition": PETITIONERS,
    "cases:petition": WITH_PETITIONS,
    "cases:petition_step": WITH_PETITIONS,
}
REFUSED = {403, 404, 405}

pytestmark = pytest.mark.one_database  # who may go where is asked of a table in the code


def addresses(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern.pattern


@pytest.fixture
def county(db):
    """The area that the factories give to units."""
    return AreaFactory()


@pytest.fixture
def order(make_signed) -> WorkOrder:  # noqa: F811
    return make_signed()


@pytest.fixture
def numbers(order, event, hot_list, clerk, dispatcher, now) -> Mapping[str, object]:  # noqa: F811
    """A value for each part of an address: those of real records, where one role may see them."""
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
    picture.seek(0)
    evidence = add_evidence(
        order_id=order.pk, kept=read_evidence(picture), name="a.jpg", actor=clerk, now=now
    )
    plan = draft_plan(
        title="路灯", plan="更换", answer="已更换", claim=ReplyClaim.SOLVED, orders=[order],
        actor=dispatcher, now=now,
    )  # fmt: skip
    directory = draft_directory(rule("01", "HOUSING"), now=now, actor=dispatcher)
    run = ImportRun.objects.create(
        source="test",
        file_name="a.csv",
        on_error=OnError.SKIP,
        created_at=now,
        state=ImportState.ABANDONED,
    )
    article = published_article()
    return {
        "order_id": order.pk, "evidence_id": evidence.pk, "plan_id": plan.pk,
        "item_id": plan.items.get().pk, "appeal_id": event.members.first().appeal_id,
        "event_id": event.pk, "list_id": hot_list.pk, "run_id": run.pk, "number": directory.number,
        "day_id": (air := keep_some_air()).pk, "city_id": air.city_id, "year": air.day.year,
        "period_id": air.city.periods.latest("pk").pk,
        "figure_id": (shown := one_figure()).pk, "indicator": shown.code, "step": "add",
        "rule_number": 1, "article_id": article.pk, "table": "hot-events", "format_": "csv",
        "code": "on_time", "part": "whole", "name": "reply", "job_id": uuid.uuid4(),
        "notation": "xml", "figure": "hit",
    }  # fmt: skip


def path_of(name: str, pattern, numbers: Mapping[str, object]) -> str:
    parts = getattr(pattern, "converters", None) or pattern.regex.groupindex
    return reverse(name, kwargs={part: numbers.get(part, 1) for part in parts})


def browser_of(role: str, unit=None) -> Client:
    client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False)
    client.force_login(UserFactory(role=role, unit=unit if role in OF_A_UNIT else None))
    return client


def rows_of_everything() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in apps.get_models()}


def test_every_address_is_in_the_table():
    found = {name for name, _pattern in addresses(get_resolver().url_patterns)}

    assert found == set(ROUTES)


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_its_own_pages_and_no_others(role, numbers, housing):  # noqa: F811
    client = browser_of(role, housing)
    wrong = {}

    for name, pattern in addresses(get_resolver().url_patterns):
        roles = ROUTES[name]
        if name in {"account_logout", "account_login"}:
            continue
        response = client.get(path_of(name, pattern, numbers))
        if response.streaming:
            b"".join(response.streaming_content)  # and so close the file
        status = response.status_code
        may = roles is PUBLIC or role in roles
        if status >= 500 or (status == 403 if may else status not in REFUSED):
            wrong[name] = status

    assert wrong == {}


@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_not_send_changes_nothing(role, numbers, housing):  # noqa: F811
    client = browser_of(role, housing)
    before, wrong = rows_of_everything(), {}

    for name, pattern in addresses(get_resolver().url_patterns):
        roles = ROUTES[name]
        if roles is PUBLIC or role in roles:
            continue
        status = client.post(path_of(name, pattern, numbers)).status_code
        if status not in REFUSED:
            wrong[name] = status

    assert wrong == {}
    assert rows_of_everything() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_logged_in_is_sent_to_the_log_in_page(method, numbers):
    client = Client(raise_request_exception=False)
    wrong = {}

    for name, pattern in addresses(get_resolver().url_patterns):
        if ROUTES[name] is PUBLIC:
            continue
        response = getattr(client, method)(path_of(name, pattern, numbers))
        if response.status_code != 302 or not response["Location"].startswith("/accounts/login/"):
            wrong[name] = response.status_code

    assert wrong == {}


@pytest.mark.parametrize("role", [Role.UNIT_CLERK, Role.UNIT_HEAD])
@pytest.mark.parametrize("whose", ["another unit's", "about itself"])
def test_a_unit_reaches_no_order_that_is_not_its_own(whose, role, numbers, order, police, now):  # noqa: F811
    if whose == "about itself":
        order.parties.create(unit=police, role="assist", assigned_at=now)
        order.respondent_unit = police
        order.save()
    client = browser_of(role, police)
    names = ["order", "step", "draft", "presence", "evidence", "remove_evidence", "photo"]
    patterns = dict(addresses(get_resolver().url_patterns))

    paths = [path_of(f"dispatch:{name}", patterns[f"dispatch:{name}"], numbers) for name in names]
    statuses = [client.get(path).status_code for path in paths]
    statuses += [client.post(path).status_code for path in paths]
    pages = [
        client.get(reverse(name)).text
        for name in ("dispatch:inbox", "notices:list", "palette:go", "cases:open_cases")
    ]

    assert set(statuses) <= REFUSED
    assert not [page for page in pages if order.number in page]
