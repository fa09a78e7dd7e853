from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import define, state
from tests.factories import UnitFactory
from tests.web.indicators.conftest import CITY, PEER, text_of

from civicloop.apps.accounts.models import Role
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.lists import keep_goal_tree
from civicloop.apps.indicators.models import Figure, GoalTree
from civicloop.connectors.indicators.goal_files import read_goal_tree

pytestmark = pytest.mark.django_db

ADDRESS = "/indicators/goals/"
STEPS = f"{ADDRESS}15886/"
TREE = f"""
code = "15886"
title = "工作体系"
valid_from = 2023-01-01
source = "文件"
[[goals]]
code = "1"
title = "民生改善"
deadline = 2023-10-31
measures = [{{ indicator = "works.heat_pipes", area = "{CITY}", green = 8, amber = 7 }}]
[[goals.goals]]
code = "1.1"
title = "供热"
"""


@pytest.fixture
def tree(places, today):
    define("works", now=today)
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里", now=today)
    kept = keep_goal_tree(read=read_goal_tree(TREE, "g.toml"), actor=None, now=today)
    compute_figures(now=today, actor=None, months=1)
    return kept


@pytest.fixture
def supervisor(log_in):
    return log_in(Role.SUPERVISOR)


def said(**fields):
    return {"seen": "1", "is_sure": "on"} | fields


def codes(number):
    tree = GoalTree.objects.get(code="15886", number=number)
    return [goal.code for goal in tree.goals.order_by("position")]


def test_without_a_tree_the_page_says_so(guest, places):
    assert "No tree of goals is in force" in text_of(guest, ADDRESS)
    assert "fewer than 3,000 appeals" not in text_of(guest, ADDRESS)


@pytest.mark.parametrize("address", [ADDRESS, "/indicators/"])
def test_a_small_sample_city_says_why_it_has_none(guest, places, settings, address):
    settings.DEMO = True

    assert "A sample city of fewer than 3,000 appeals has no indicators" in text_of(guest, address)


def test_a_light_from_old_data_is_marked(guest, places, today):
    define("mediation", now=today)
    state("disputes_mediated", "2023-06", Decimal(80), unit="件", now=today)
    measure = TREE.replace("works.heat_pipes", "mediation.disputes")
    keep_goal_tree(read=read_goal_tree(measure, "g.toml"), actor=None, now=today)
    compute_figures(now=today, actor=None, months=12)

    assert "newer data due since 21 Aug 2023" in text_of(guest, ADDRESS)


def test_goals_stand_with_measure_target_light_and_deadline(guest, tree):
    text = text_of(guest, ADDRESS)

    for words in ("15886 · 工作体系", "民生改善", "New heating pipes", "target ≥ 8.0 km", ">7.2 km</a>", "light-amber", "31 Oct 2023", "past, and not green"):  # fmt: skip
        assert words in text
    assert "Take out" not in text
    assert "No tree of goals is in force" in text_of(guest, f"{ADDRESS}?day=2022-01-01")


def test_a_measure_without_a_figure_says_why_and_leads_to_the_computation(guest, places, today):
    define("projects", "works", now=today)
    other = f', {{ indicator = "works.heat_pipes", area = "{PEER}", green = 1, amber = 1 }}]'
    measures = TREE.replace("works.heat_pipes", "projects.done_share").replace("}]", "}" + other)
    keep_goal_tree(read=read_goal_tree(measures, "g.toml"), actor=None, now=today)
    state("projects_done", "2023-10", Decimal(76), unit="件", now=today)
    state("projects_planned", "2023-10", Decimal(0), unit="件", now=today)
    compute_figures(now=today, actor=None, months=1)

    text = text_of(guest, ADDRESS)

    figure = Figure.objects.get(code="projects.done_share", area=CITY, period="2023-10")
    assert f'<a href="/indicators/figures/{figure.pk}/">no figure yet</a>' in text
    assert "the formula divides by zero (October 2023)" in text
    assert "nothing of it has been counted or stated yet" in text


def test_a_goal_is_added_in_the_next_version_and_the_one_before_stays(supervisor, tree):
    unit = UnitFactory(code="HEAT")
    asked = text_of(supervisor, f"{STEPS}add/?parent=1")
    assert 'name="parent" value="1"' in asked

    page = supervisor.post(f"{STEPS}add/", said(parent="1", code="1.2", title="供水", owner=unit.code, deadline_day="2024-06-30"), follow=True)  # fmt: skip

    assert "Version 2 of the tree is kept" in page.content.decode()
    assert codes(2) == ["1", "1.1", "1.2"]
    assert codes(1) == ["1", "1.1"]
    newest = GoalTree.objects.get(number=2)
    goal = newest.goals.get(code="1.2")
    assert (goal.parent.code, goal.owner, goal.deadline_day) == ("1", unit, date(2024, 6, 30))
    assert newest.recorded_by.username == "supervisor-user"
    assert AuditEvent.objects.filter(action="keep_goal_tree", object_id=newest.pk).exists()
    assert newest.goals.get(code="1").measures.get().green == 8


def test_a_goal_is_renamed_taken_out_and_given_a_target(supervisor, tree):
    supervisor.post(f"{STEPS}change/", said(code="1.1", title="集中供热"))
    assert GoalTree.objects.get(number=2).goals.get(code="1.1").title == "集中供热"

    target = said(seen="2", code="1.1", indicator="works.neighbourhoods", area=CITY, green="60", amber="50")  # fmt: skip
    supervisor.post(f"{STEPS}target/", target)
    supervisor.post(f"{STEPS}target/", target | {"seen": "3", "green": "65"})
    [measure] = GoalTree.objects.get(number=4).goals.get(code="1.1").measures.all()
    assert (measure.indicator, measure.area, measure.green, measure.amber) == ("works.neighbourhoods", CITY, 65, 50)  # fmt: skip

    supervisor.post(f"{STEPS}retire/", said(seen="4", code="1.1"))
    assert codes(5) == ["1"]


@pytest.mark.parametrize(
    ("step", "fields", "words"),
    [
        ("add", {"code": "1.1", "title": "a"}, "Another goal has the code 1.1."),
        ("add", {"code": "2", "title": ""}, "This field is required."),
        ("add", {"code": "2", "title": "a", "seen": "9"}, "no such version"),
        ("change", {"code": "1", "title": "a", "is_sure": ""}, "Tick the box"),
        ("retire", {"code": "1"}, "at least one goal"),
        ("target", {"code": "1", "indicator": "works.heat_pipes", "area": CITY, "green": "1"}, "both, or none"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_and_nothing_is_written(supervisor, tree, step, fields, words):
    page = supervisor.post(f"{STEPS}{step}/", said(**fields))

    assert page.status_code == 422
    assert words in page.content.decode()
    assert GoalTree.objects.count() == 1


def test_a_change_on_a_version_that_is_no_longer_the_newest_is_refused(supervisor, tree, today):
    keep_goal_tree(read=read_goal_tree(TREE, "g.toml"), actor=None, now=today + timedelta(minutes=1))  # fmt: skip

    page = supervisor.post(f"{STEPS}change/", said(code="1", title="a"))

    assert "it is version 2 now" in page.content.decode()
    assert GoalTree.objects.count() == 2


@pytest.mark.parametrize("address", ["nothing/add/", "15886/change/?code=9", "15886/other/"])  # fmt: skip
def test_what_there_is_not_is_not_found(supervisor, tree, address):
    text_of(supervisor, ADDRESS + address, status=404)
