"""Journeys in a real browser; skipped, and said so at the end of `make test`, without one."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer
from tests.found import chromium

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.models import Appeal, Channel, Kind, Topic, TopicTree
from civicloop.apps.issues.actions.hot_issues import record_hot_issues
from civicloop.apps.issues.actions.topic_versions import train_topics
from civicloop.apps.issues.event_facts import describe_event, read_member_facts
from civicloop.apps.issues.models import (
    Event,
    EventMember,
    SimilarAppeal,
    TopicSuggestion,
)
from civicloop.apps.places.models import Area, AreaLevel
from civicloop.engines.text.topics import LabelledText

WAIT_MILLISECONDS = 20_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS, NARROWEST = (1280, 360), 320
TOO_SMALL = """() => [...document.querySelectorAll("button, input, select, textarea, summary, nav a")]
    .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && Math.min(box.width, box.height) < 24)
    .map(([html]) => "too small: " + html)"""
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_context(
    browser: Browser, live_server: LiveServer
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a fresh browser profile; its pages' addresses are relative to the site."""
    contexts: list[BrowserContext] = []

    def open_context(language: str = "en", **options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(WAIT_MILLISECONDS)
        cookie = {"name": "django_language", "value": language, "url": live_server.url}
        context.add_cookies([cookie])
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def city(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Event:
    """A small city as the demo shows it; gives one of its events."""
    monkeypatch.setattr(settings, "DEMO", False)
    caches["near"].clear()
    User.objects.create_user(username="li", password="correct horse battery", role=Role.DISPATCHER)
    county = Area.objects.create(code="990101000000", name="青禾县", level=AreaLevel.COUNTY)
    tree = TopicTree.objects.create(name="城市诉求分类", valid_from=date(2023, 1, 1))
    topic = Topic.objects.create(tree=tree, code="01", name="油烟噪声", level=1, path="油烟噪声")
    appeals = _appeals(county)
    oily = _event(appeals[:4], "油烟")
    _event(appeals[4:6], "停水")
    _understanding(appeals, topic)
    for days in (7, 28):
        record_hot_issues(day=timezone.localdate(), window_days=days, now=timezone.now())
    return oily


def _appeals(county: Area) -> list[Appeal]:
    channel = Channel.objects.create(code="other", name="其他", name_en="Other")
    texts = [
        *(f"青禾苑楼下烧烤店油烟扰民，第{number}次反映" for number in range(1, 5)),
        "梧桐里小区停水三天，没有任何通知",
        "梧桐里停水了，老人用水困难",
        *(f"第{number}盏路灯不亮" for number in range(1, 50)),
    ]
    made = timezone.now()
    rows = [
        Appeal(
            source="test",
            source_key=f"A{number:03}",
            content_hash=f"{number:032}",
            channel=channel,
            kind=Kind.COMPLAINT,
            subject=text[:10],
            text=text,
            caller_key=f"caller-{number}",
            received_at=made - timedelta(hours=5 * number),
            area=county,
            county=county,
        )
        for number, text in enumerate(texts)
    ]
    return Appeal.objects.bulk_create(rows)


def _event(members: list[Appeal], term: str) -> Event:
    facts = read_member_facts([member.pk for member in members])
    event = describe_event(list(facts.values()), terms=[term])
    event.save()
    EventMember.objects.bulk_create([EventMember(appeal=a, event=event) for a in members])
    return event


def _understanding(appeals: list[Appeal], topic: Topic) -> None:
    model = train_topics(
        rows=[
            LabelledText(text=f"{number}{text}", label=label, key=str(number))
            for number in range(6)
            for text, label in [("半夜施工噪声", "噪声"), ("自来水停水了", "供水")]
        ],
        trained_on="test",
        now=timezone.now(),
    )
    TopicSuggestion.objects.create(
        appeal=appeals[0],
        model=model,
        label=topic.path,
        topic=topic,
        probability=0.9,
        second_label="其他",
        is_abstained=False,
        words=[["油烟", 1.2]],
    )
    SimilarAppeal.objects.create(
        appeal=appeals[0],
        other=appeals[1],
        score=0.9,
        is_same_event=True,
        reasons=[["same_place", "青禾苑", 2.0], ["other_wording", "", -0.5]],
    )


@pytest.fixture
def log_in(city: Event) -> Callable[[BrowserContext], Page]:
    """Log a dispatcher in by the page and give the tab."""

    def log_in(context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", "li")
        page.fill("[name=password]", "correct horse battery")
        page.click(".login [type=submit]")
        page.wait_for_url("**/")
        return page

    return log_in


def violations(page: Page) -> list[str]:
    """What axe finds wrong, run beside the page's content policy, which forbids it inside."""
    with _inspector(page) as inspector:
        return _axe(inspector)


def faults(page: Page, *, axe_at: Sequence[int] = WIDTHS, picture: str = "") -> list[str]:
    """What is wrong with the open page, on a desk and on a phone: the page is loaded once.

    What axe finds, what is too small to hit, by how much it scrolls sideways. With
    CIVICLOOP_SCREENSHOTS=folder in the environment the page is left there as a picture.
    """
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    found = []
    with _inspector(page) as inspector:
        for width in (*WIDTHS, NARROWEST):
            page.set_viewport_size({"width": width, "height": 800})
            over = page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth")
            wrong = [*page.evaluate(TOO_SMALL), *([f"{over} px too wide"] if over else [])]
            if width in axe_at:
                wrong += _axe(inspector)
                _keep_picture(page, f"{picture}-{width}")
            found += [f"{width} px: {each}" for each in wrong]
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    return found


@contextmanager
def _inspector(page: Page) -> Iterator[CDPSession]:
    """What sees into the page, with axe in it."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    yield session
    session.detach()


def _axe(inspector: CDPSession) -> list[str]:
    options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
    expression = (
        f"axe.run(document, {json.dumps(options)}).then(found => JSON.stringify("
        "found.violations.map(each => each.id + ': ' + each.nodes[0].html)))"
    )
    answer = inspector.send(
        "Runtime.evaluate",
        {"expression": expression, "awaitPromise": True, "returnByValue": True},
    )
    return list(json.loads(answer["result"]["value"]))


def _keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("CIVICLOOP_SCREENSHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
