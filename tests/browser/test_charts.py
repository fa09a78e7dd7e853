"""A chart's names stand above the drawing, and the drawing stays within the page, on a phone too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.records import alarm_of

from civicloop.apps.issues.models import Event

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

# pixels from the lowest name to the top of the drawing
ROOM = """() => {
    const chart = echarts.getInstanceByDom(document.querySelector("[data-chart-box]"));
    const legend = chart.getViewOfComponentModel(chart.getModel().getComponent("legend"));
    const names = legend.group.getBoundingRect();
    const drawing = chart.getModel().getComponent("grid").coordinateSystem.getRect();
    return drawing.y - (legend.group.y + names.y + names.height);
}"""


@pytest.mark.parametrize("width", [1280, 360])
def test_no_name_of_a_line_lies_across_the_drawing(
    width: int,
    city: Event,
    open_context: Callable[..., BrowserContext],
    log_in: Callable[[BrowserContext], Page],
) -> None:
    alarm = alarm_of(city)
    page = log_in(open_context())
    page.set_viewport_size({"width": width, "height": 740})

    page.goto(f"/alarms/{alarm}/")
    page.locator("[data-chart-box] canvas").wait_for()

    assert page.evaluate(ROOM) >= 0


def test_a_drawing_that_is_still_as_wide_as_before_widens_no_page(
    city: Event,
    open_context: Callable[..., BrowserContext],
    log_in: Callable[[BrowserContext], Page],
) -> None:
    page = log_in(open_context())
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/events/{city.pk}/")
    canvas = page.locator("[data-chart-box] canvas")
    canvas.wait_for()

    canvas.evaluate("canvas => canvas.style.width = canvas.parentElement.style.width = '500px'")

    assert page.locator("html").evaluate("page => page.scrollWidth - page.clientWidth") == 0
