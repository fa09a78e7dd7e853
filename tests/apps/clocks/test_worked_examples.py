"""The table of docs/methods/clocks.md, read from the page and counted again."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.apps.clocks.clocks_for_tests import started

from civicloop.apps.clocks.limits import SourcedLimit
from civicloop.apps.clocks.models import ClockBasis
from civicloop.apps.clocks.wording import word_due
from civicloop.engines.clocks import Limit, RollRule, StartRule, TimeUnit

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "clocks.md"
ROW = re.compile(
    r"^\| ([^|]+) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|", re.M
)
LIMITS = {
    "5 working days": ("5", TimeUnit.WORKING_DAY, StartRule.NEXT_DAY, RollRule.NONE),
    "60 days, rolls after rest days": (
        "60", TimeUnit.CALENDAR_DAY, StartRule.NEXT_DAY, RollRule.AFTER_REST_DAY,
    ),
    "0.5 working day": ("0.5", TimeUnit.WORKING_DAY, StartRule.FROM_EVENT, RollRule.NONE),
    "2 hours": ("2", TimeUnit.HOUR, StartRule.FROM_EVENT, RollRule.NONE),
    "1 month": ("1", TimeUnit.CALENDAR_MONTH, StartRule.NEXT_DAY, RollRule.NONE),
    "1 day, the first counted": ("1", TimeUnit.CALENDAR_DAY, StartRule.SAME_DAY, RollRule.NONE),
}  # fmt: skip
EXAMPLES = ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_the_page_has_an_example_of_each_limit():
    assert [words for words, _, _ in EXAMPLES] == list(LIMITS)


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "event", "due"), EXAMPLES)
def test_the_page_counts_as_the_engine_does(calendar, words, event, due):
    n, unit, start, roll = LIMITS[words]
    limit = Limit(n=Decimal(n), unit=unit, start=start, roll=roll)
    preset = SourcedLimit(limit=limit, basis=ClockBasis.PRESET, source="docs")

    assert word_due(started(event, preset=preset)) == due
