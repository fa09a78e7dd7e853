"""Revisions stand beside what they revise; a figure of an earlier day can be had again."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import (
    DATONG,
    NOW,
    SHANGHAI,
    air_days,
    define,
    figure,
    january,
    state,
)
from tests.guards import unguarded

from civicloop.apps.air.models import CityDay
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.models import (
    AppendOnlyError,
    DefinitionVersion,
    FactsPart,
    Figure,
    FigureRun,
    Observation,
)
from civicloop.apps.indicators.queries.newest import published_figures
from civicloop.apps.indicators.refusals import IndicatorRefusedError
from civicloop.apps.indicators.snapshots import path_of
from civicloop.apps.indicators.verifying import verify_figures
from civicloop.engines.provenance.following import Why

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LATER = datetime(2023, 12, 20, 9, tzinfo=SHANGHAI)


def compute(now, **options):
    return compute_figures(now=now, actor=None, months=12, **options)


def reasons():
    return {
        departure.why
        for verified in verify_figures()
        for departure in [
            *verified.faults,
            *(each for _, found in verified.departed for each in found),
        ]
    }


def test_what_was_known_on_a_day_can_be_computed_again():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    state("heat_pipes", "2023-10", Decimal("7.9"), unit="公里", now=LATER, vintage="revised")

    compute(LATER)
    newest = figure("works.heat_pipes", "2023-10").value
    then = compute(LATER + timedelta(hours=1), as_of=NOW, is_published=False)

    assert newest == Decimal("7.9")
    assert then.run.figures.get(code="works.heat_pipes", period="2023-10").value == Decimal("7.2")
    assert published_figures(["works.heat_pipes"])[0].value == newest


def test_what_was_known_earlier_is_not_published_over_what_is_known_now():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute(LATER)
    runs = FigureRun.objects.count()

    with pytest.raises(IndicatorRefusedError, match="--draft"):
        compute(LATER + timedelta(hours=1), as_of=NOW)

    assert FigureRun.objects.count() == runs


def test_a_later_revision_leaves_published_figures_as_they_follow():
    define("works", "air")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    air_days(DATONG, january(2023), 249, 55)
    compute(NOW)

    state("heat_pipes", "2023-10", Decimal("7.9"), unit="公里", now=LATER, vintage="revised")

    assert reasons() == set()


def test_a_changed_observation_is_found():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute(NOW)

    with unguarded():
        Observation.objects.update(value=Decimal("8.2"))

    assert reasons() == {Why.ROWS_CHANGED, Why.FIGURE_CHANGED}


def test_a_changed_day_of_air_is_found_beside_its_file():
    define("air")
    air_days(DATONG, january(2023), 249, 55)
    compute(NOW)

    with unguarded():
        CityDay.objects.filter(day=january(2023)).update(aqi=300)

    assert reasons() == {Why.ROWS_CHANGED}


def test_a_changed_figure_is_found():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute(NOW)

    with unguarded():
        Figure.objects.filter(code="works.heat_pipes").update(value=Decimal(9))

    [verified] = verify_figures()
    [(_, [departure])] = verified.departed
    assert (departure.why, departure.what, departure.stored, departure.found) == (
        Why.FIGURE_CHANGED, "value", "9", "7.2",
    )  # fmt: skip


def test_a_changed_definition_is_found():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute(NOW)
    version = DefinitionVersion.objects.get(code="works.heat_pipes")

    with unguarded():
        DefinitionVersion.objects.filter(pk=version.pk).update(
            content=version.content | {"decimals": 0}
        )

    assert {Why.DEFINITION_CHANGED, Why.FIGURE_CHANGED} <= reasons()


def test_a_changed_or_lost_file_of_facts_is_found():
    define("air")
    air_days(DATONG, january(2023), 249, 55)
    compute(NOW)
    part = FactsPart.objects.filter(month="2023-03").get()
    other = FactsPart.objects.filter(month="2023-04").get()

    path_of(part).write_bytes(path_of(other).read_bytes())
    assert Why.FACTS_CHANGED in reasons()
    for torn in (path_of(other).read_bytes()[:-9], b"", path_of(other).read_bytes() + b"x"):
        path_of(part).write_bytes(torn)
        assert reasons() == {Why.FACTS_CHANGED}

    path_of(part).unlink()
    assert Why.FACTS_LOST in reasons()


@pytest.mark.parametrize("damage", [Why.FACTS_LOST, Why.FACTS_CHANGED])
def test_only_figures_that_read_a_lost_file_are_named(damage):
    define("air", "works")
    air_days(DATONG, january(2023), 249, 55)
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")
    compute(NOW)
    file = path_of(FactsPart.objects.get(table="air_days", month="2023-03"))

    if damage is Why.FACTS_LOST:
        file.unlink()
    else:
        file.write_bytes(b"torn")

    [verified] = verify_figures()
    named = {(each.code, each.period): why for each, [why] in verified.departed}
    assert {why.why for why in named.values()} == {damage}
    assert {code for code, _ in named} == {"air.good_days", "air.good_share"}
    assert ("air.good_share", "2023-03") in named
    assert ("air.good_share", "2023-01/P10M") in named
    assert ("air.good_share", "2023-02") not in named
    assert [fault.why for fault in verified.faults] == [damage]


def test_a_draft_is_not_verified():
    define("works")
    state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")

    compute(NOW, is_published=False)

    assert list(verify_figures()) == []


def test_nothing_that_was_recorded_is_changed_or_removed():
    row = state("heat_pipes", "2023-10", Decimal("7.2"), unit="公里")

    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()


def test_a_definition_that_says_the_same_stays_as_it_is():
    first = define("works")
    again = define("works")

    assert (first.new, again.new, again.unchanged) == (2, 0, 2)
