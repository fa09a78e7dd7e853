"""What a citizen does with a telephone, an old computer, without JavaScript."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Response, expect
from tests.browser.conftest import violations
from tests.factories import published_article

from civicloop.apps.accounts.models import User
from civicloop.apps.dispatch.actions.answering import answer_citizen
from civicloop.apps.dispatch.models import PublicCase, WorkOrder
from civicloop.apps.issues.models import Event
from civicloop.apps.knowledge.models import Audience
from civicloop.web.citizen import tokens

pytestmark = pytest.mark.browser

OpenContext = Callable[..., BrowserContext]
FIRST_LOAD_BYTES = 150_000
LONGEST_SENTENCE = 40


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script reads faster than a person."""
    monkeypatch.setattr(tokens, "QUICKEST", timedelta(0))


@pytest.fixture
def smoke(city: Event) -> PublicCase:
    return PublicCase.objects.create(
        event=city,
        title="青禾苑烧烤店油烟扰民",
        area=city.area,
        published_by=User.objects.first(),
        published_at=timezone.now(),
    )


def walk(page: Page) -> Iterator[str]:
    """Go the citizen's whole way; gives the name of each page as it is reached."""
    yield from report(page)
    yield from follow_own(page)
    page.goto(f"/report/cases/{PublicCase.objects.get().pk}/")
    yield "case"
    page.click("main form [type=submit]")
    yield "followed"


def report(page: Page) -> Iterator[str]:
    page.goto("/report/")
    yield "what"
    page.click("main form button[type=submit]")
    yield "what, nothing written"
    page.fill("#id_text", "楼下烧烤店油烟扰民，青禾苑的窗都不敢开，还漏燃气泄漏")
    page.click("main form button[type=submit]")
    yield "emergency"
    page.click(".stop button")
    yield "where, with similar cases"
    page.click("main form [type=submit]:not([name=back])")
    yield "where, nothing said"
    page.check("#id_is_place_unknown")
    page.click("main form [type=submit]:not([name=back])")
    yield "check"
    page.fill("#id_phone", "1380013800012")
    page.locator("main form [type=submit]").last.click()
    yield "check, wrong telephone"
    page.fill("#id_phone", "+86 138 0013 8000")
    page.locator("main form [type=submit]").last.click()
    yield "receipt"


def follow_own(page: Page) -> Iterator[str]:
    page.click("main form [type=submit]")
    yield "tracked"
    order = WorkOrder.objects.get()
    answer_citizen(order=order, text="已上门检查，油烟净化器已更换。", now=timezone.now())
    WorkOrder.objects.update(state="reviewed")
    number = page.locator("[name=number]").first.get_attribute("value")
    code = page.locator("[name=code]").first.get_attribute("value")
    page.goto("/track/")
    yield "track"
    page.fill("#id_number", number or "")
    page.fill("#id_code", (code or "").lower())
    page.click("main form [type=submit]")
    yield "tracked, answered"
    page.click("main section form [type=submit]")
    yield "tracked, rating lacks answers"
    for name in ("resolved-0", "satisfaction-0", "attitude-0"):
        page.check(f"#rate-{name.replace('-', '_')}")
    page.click("main section form [type=submit]")
    yield "tracked, rated"


def test_the_whole_way_works_without_javascript(
    smoke: PublicCase, open_context: OpenContext
) -> None:
    page = open_context("zh-hans", java_script_enabled=False).new_page()
    long = []

    for name in walk(page):
        sentences = re.split(r"[。！？\n]", page.locator("main").inner_text())
        long += [(name, each) for each in sentences if len(each) > LONGEST_SENTENCE]

    assert WorkOrder.objects.get().close_type == "resolved"
    assert PublicCase.objects.get().follower_count == 1
    assert long == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_every_target_fits_a_thumb(
    language: str, width: int, smoke: PublicCase, open_context: OpenContext
) -> None:
    page = open_context(language, viewport={"width": width, "height": 740}).new_page()
    wrong = {}

    for name in walk(page):
        small = page.locator("button, main input, select, textarea, summary, nav a").evaluate_all(
            "all => all.map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])"
            ".filter(([, box]) => box.width > 1 && Math.min(box.width, box.height) < 24)"
            ".map(([html]) => html)"
        )
        over = page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth")
        found = [*violations(page), *small, *([f"{over} px too wide"] if over else [])]
        if found:
            wrong[name] = found

    assert wrong == {}


def test_an_error_has_the_focus_and_leads_to_its_field(
    city: Event, open_context: OpenContext
) -> None:
    page = open_context().new_page()
    page.goto("/report/")

    page.click("main form button[type=submit]")

    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.locator(".errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_text")).to_be_focused()


def test_similar_cases_appear_while_somebody_writes(
    smoke: PublicCase, open_context: OpenContext
) -> None:
    page = open_context().new_page()
    page.goto("/report/")

    page.locator("#id_text").press_sequentially("青禾苑楼下的烧烤店天天油烟扰民")

    expect(page.locator("#similar")).to_contain_text(smoke.title)
    expect(page.locator("#id_text")).to_be_focused()
    page.locator("#similar .button").click()
    expect(page.locator("h1")).to_have_text(smoke.title)


def test_every_page_to_which_a_citizen_may_come_first_is_light(
    smoke: PublicCase, open_context: OpenContext
) -> None:
    article = published_article(title="楼下饭店油烟扰民怎么投诉", audience=Audience.PUBLIC)
    addresses = ["/report/", "/track/", "/help/", "/help/?q=油烟", f"/help/{article.pk}/",
                 f"/report/cases/{smoke.pk}/"]  # fmt: skip
    weights = {address: _weight(open_context().new_page(), address) for address in addresses}

    assert {each: weight for each, weight in weights.items() if weight > FIRST_LOAD_BYTES} == {}
    assert min(weights.values()) > 0


def _weight(page: Page, address: str) -> int:
    """Bytes of everything that a browser with nothing in its cache loads."""
    sizes: list[int] = []

    def weigh(response: Response) -> None:
        sizes.append(len(response.body()))

    page.on("response", weigh)
    page.goto(address, wait_until="networkidle")
    return sum(sizes)


def test_an_answer_appears_while_somebody_writes_and_is_read_where_it_stands(
    city: Event, open_context: OpenContext
) -> None:
    for title in ("居住证申领", "公租房条件", "路灯报修"):
        published_article(title=title, audience=Audience.PUBLIC)
    article = published_article(title="停水怎么办", answer="先看公告。", audience=Audience.PUBLIC)
    page = open_context().new_page()
    page.goto("/report/")

    page.locator("#id_text").press_sequentially("小区停水两天了也没人通知，什么时候来水")
    with page.expect_response(f"**/help/{article.pk}/read/") as counted:
        page.locator("#similar summary").click()

    expect(page.locator("#similar")).to_contain_text("先看公告。")
    assert counted.value.status == 204
    assert "text" not in (counted.value.request.post_data or "")
    assert page.locator("#id_text").input_value().startswith("小区停水")


def test_a_report_that_cannot_be_sent_stays_on_its_page(
    city: Event, open_context: OpenContext
) -> None:
    page = open_context().new_page()
    page.goto("/report/")
    page.fill("#id_text", "楼下烧烤店油烟扰民")

    page.context.set_offline(True)
    page.click("main form button[type=submit]")

    assert page.locator("#no-connection").is_visible()
    assert page.locator("#id_text").input_value() == "楼下烧烤店油烟扰民"
    page.context.set_offline(False)
    page.click("main form button[type=submit]")
    page.wait_for_selector("#id_is_place_unknown")
