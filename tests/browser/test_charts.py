"""The names of a chart's lines stand above the drawing, on a desk and on a phone."""

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
