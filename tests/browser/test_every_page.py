"""What must hold on every page, in both languages."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from tests.apps.dispatch.directories import draft, rule
from tests.browser.conftest import violations
from tests.factories import published_article

from civicloop.apps.intake.models import ImportRun, ImportState
from civicloop.apps.issues.models import ClassNeighbour, Event, EventClass, EventClassMember
from civicloop.apps.knowledge.models import Audience

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
LogIn = Callable[[BrowserContext], Page]
LANGUAGES = ["zh-hans", "en"]


@pytest.fixture
def addresses(city: Event) -> list[str]:
    """One address of every page."""
    member = city.members.order_by("appeal_id").first()
    run = ImportRun.objects.create(
        source="test",
        file_name="大表.xlsx",
        file_sha256="0" * 64,
        on_error="skip",
        state=ImportState.DONE,
        created_at=timezone.now(),
        new_count=3,
        rejected_count=1,
    )
    article = published_article(
        audience=Audience.PUBLIC, questions="暖气不热找谁", steps="放气\n报修"
    )
    other = Event.objects.exclude(pk=city.pk).get()
    directory = draft(rule("油烟噪声", "GONE"), rule("油烟噪声", "GONE"), now=timezone.now())
    return [
        "/",
        "/appeals/",
        "/appeals/?q=%E6%B2%B9%E7%83%9F&waiting=1",
        "/appeals/?q=zzzz",
        f"/appeals/{member.appeal_id}/",
        "/hot-issues/",
        "/hot-issues/?scope=topic",
        "/topic-model/",
        "/alarms/",
        "/alarms/backtest/",
        "/replies/",
        "/events/",
        f"/events/{city.pk}/",
        "/classes/",
        "/public-cases/",
        f"/events/{city.pk}/publish/",
        "/classes/?q=zzzz",
        f"/classes/{_some_class(city).pk}/",
        f"/events/{city.pk}/merge/?q=%E5%81%9C",
        f"/events/{city.pk}/merge/?with={other.pk}",
        "/knowledge/",
        "/knowledge/?q=zzzz",
        f"/knowledge/{article.pk}/",
        f"/knowledge/{article.pk}/edit/",
        "/knowledge/review/",
        "/knowledge/report/",
        "/knowledge/import/",
        "/help/?q=%E6%9A%96%E6%B0%94",
        f"/help/{article.pk}/",
        "/desk/new/",
        "/board/",
        "/go/",
        "/imports/",
        "/calendar/?year=2023",
        "/calendar/limits/",
        f"/imports/{run.pk}/",
        "/directory/",
        f"/directory/{directory.number}/",
        f"/directory/{directory.number}/rules/1/",
        "/directory/backtest/",
        "/notices/",
        "/notices/preferences/",
        "/nothing-here/",
    ]


def _some_class(event: Event) -> EventClass:
    """A class of two events, one of them on its edge beside another class."""
    other = Event.objects.exclude(pk=event.pk).get()
    found, beside = (
        EventClass.objects.create(
            title="油烟", terms=["油烟"], event_count=1, people_count=4, first_at=event.first_at,
            last_at=event.last_at, respondent="shop", respondent_share=1,
        )
        for _ in range(2)
    )  # fmt: skip
    for member, event_class in [(event, found), (other, beside)]:
        EventClassMember.objects.create(event=member, event_class=event_class, closeness=0.4)
    for neighbour, event_class in [(other, found), (event, beside)]:
        ClassNeighbour.objects.create(
            event=neighbour,
            event_class=event_class,
            closeness=0.2,
            shared=["油烟"],
            lacking=["烧烤"],
            own=["停水"],
        )
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_the_console_is_quiet(
    language: str, addresses: list[str], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language))
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "404" not in message.text:
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(error.message))
    found = {}
    for address in addresses:
        page.goto(address)
        page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
        found[address] = violations(page)

    assert {address: wrong for address, wrong in found.items() if wrong} == {}
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_on_a_narrow_screen(
    language: str, addresses: list[str], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context(language, viewport={"width": 320, "height": 640}))

    overflow = {}
    for address in addresses:
        page.goto(address)
        overflow[address] = page.locator("html").evaluate(
            "page => page.scrollWidth - page.clientWidth"
        )

    assert overflow == dict.fromkeys(addresses, 0)


def test_log_in_page_is_clean_for_axe_and_narrow_screens(
    city: Event, open_context: OpenContext
) -> None:
    page = open_context(viewport={"width": 320, "height": 640}).new_page()

    page.goto("/accounts/login/")

    assert violations(page) == []
    assert page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth") == 0


def test_targets_are_large_enough_to_hit(
    addresses: list[str], open_context: OpenContext, log_in: LogIn
) -> None:
    page = log_in(open_context())

    small = {}
    for address in addresses:
        page.goto(address)
        small[address] = page.locator("button, input, select, summary, nav a").evaluate_all(
            "all => all.map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])"
            ".filter(([, box]) => box.width && Math.min(box.width, box.height) < 24)"
            ".map(([html]) => html)"
        )

    assert {address: targets for address, targets in small.items() if targets} == {}
