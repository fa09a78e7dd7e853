"""What the public does not see is kept when figures are published, and is what it would be anew."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.indicators.stating import DATONG, NOW, define, figure, state

from civicloop.apps.indicators.actions import computing
from civicloop.apps.indicators.actions.computing import compute_figures
from civicloop.apps.indicators.actions.definitions import keep_definitions
from civicloop.apps.indicators.definitions import current_definitions, shipped_definitions
from civicloop.apps.indicators.fact_tables import TABLES
from civicloop.apps.indicators.models import FigureRun, HiddenFigures
from civicloop.apps.indicators.queries import board as boards
from civicloop.apps.indicators.queries import series
from civicloop.apps.indicators.queries.hidden import kept_hidden
from civicloop.apps.indicators.queries.newest import hidden_from_public, published_figures
from civicloop.engines.indicators.periods import PeriodKind
from civicloop.engines.indicators.reading import read_definition

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CODE = "mediation.disputes"
FEW, NEXT, MANY = "140202000000", "140212000000", "140213000000"


@pytest.fixture
def mediation():
    define("mediation")
    return published(0, {"2022-10": (40, 30, 60), "2023-09": (3, 30, 60), "2023-10": (50, 40, 70)})


def published(minutes, counts, **options):
    """State counts of three areas and compute."""
    now = NOW + timedelta(minutes=minutes)
    for month, row in counts.items():
        for area, count in zip((FEW, NEXT, MANY), row, strict=True):
            if count is not None:
                state("disputes_mediated", month, Decimal(count), area=area, unit="件", now=now)
    return compute_figures(now=now, actor=None, months=13, **options)


def definition():
    return next(each for each in current_definitions().values() if each.code == CODE)


def kept():
    found = kept_hidden([definition()]).get(CODE)
    return None if found is None else {cell for cells in found.values() for cell in cells}


def worked_out():
    return hidden_from_public(published_figures([CODE], value__isnull=False), definition())


def nothing_is_worked_out(monkeypatch):
    def refuse(*args):
        raise AssertionError("read again")

    monkeypatch.setattr(boards, "hidden_from_public", refuse)
    monkeypatch.setattr(series, "hidden_from_public", refuse)


def test_what_is_kept_is_what_would_be_worked_out(mediation):
    assert {(FEW, "2023-09"), (NEXT, "2023-09")} <= kept()
    assert kept() == worked_out()


def test_readers_ask_for_what_is_kept_and_read_no_other_figure(mediation, monkeypatch):
    nothing_is_worked_out(monkeypatch)

    [card] = boards.board(NOW.date(), area=FEW, hides_small=True, month=None)
    hidden = series.hidden_periods(definition(), area=FEW, kind=PeriodKind.MONTH)
    areas = series.hidden_areas(definition(), figure(CODE, "2023-09", FEW))

    assert [point.value for point in card.line][-2:] == [None, 50]
    assert hidden == {"2023-09"}
    assert areas == {FEW, NEXT}
    assert series.is_hidden(figure(CODE, "2023-09", FEW), definition())
    assert not series.is_hidden(figure(CODE, "2023-10", FEW), definition())


def test_a_revision_hides_at_once_and_shows_again(mediation):
    many = figure(CODE, "2023-10", MANY)
    published(1, {"2023-10": (None, None, 2)})
    assert (MANY, "2023-10") in kept()
    assert kept() == worked_out()
    assert not series.is_hidden(many, definition())  # what stood there before is judged by itself

    published(2, {"2023-09": (30, None, None), "2023-10": (None, None, 80)})
    assert kept() == worked_out()
    assert (FEW, "2023-09") not in kept()


def test_a_count_that_is_withdrawn_is_judged_as_it_was_published(mediation):
    state("disputes_mediated", "2023-09", None, area=FEW, unit="件", now=NOW + timedelta(minutes=1))
    published(2, {})

    assert figure(CODE, "2023-09", FEW).value is None
    assert (FEW, "2023-09") in kept()
    assert kept() == worked_out()


def test_years_in_which_nothing_changed_are_not_kept_again(mediation):
    before = set(HiddenFigures.objects.values_list("year", "pk"))
    published(1, {})
    assert set(HiddenFigures.objects.values_list("year", "pk")) == before

    published(2, {"2023-10": (2, None, None)})
    assert {year for year, _ in set(HiddenFigures.objects.values_list("year", "pk")) - before} == {
        2023
    }


def test_what_was_published_before_it_was_kept_is_worked_out_until_the_next_computation(
    monkeypatch,
):
    define("mediation")
    with monkeypatch.context() as former:
        former.setattr(computing, "keep_hidden", lambda *_: 0)
        former.setattr(
            FigureRun._meta.get_field("keeps_hidden"), "pre_save", lambda *_, **__: False
        )
        published(0, {"2022-10": (4, 30, 60), "2023-09": (3, 30, 60), "2023-10": (50, 40, 70)})
    assert kept() is None
    [card] = boards.board(NOW.date(), area=FEW, hides_small=True)
    assert [point.value for point in card.line] == [50]  # and none before it
    assert series.hidden_periods(definition(), area=FEW, kind=PeriodKind.MONTH) == {
        "2022-10",
        "2023-09",
    }

    published(1, {})

    assert {each.year for each in HiddenFigures.objects.all()} == {2022, 2023}
    assert kept() == worked_out()


def test_what_a_program_without_it_published_since_makes_what_is_kept_worthless(mediation):
    run = mediation.run
    run.pk, run.keeps_hidden = None, False
    run._state.adding = True
    run.save()

    assert kept() is None
    assert series.hidden_areas(definition(), figure(CODE, "2023-09", FEW)) == {FEW, NEXT}


def test_another_least_count_hides_before_the_next_computation(mediation):
    assert not series.is_hidden(figure(CODE, "2023-10", FEW), definition())
    [(file, each)] = [found for found in shipped_definitions() if found[1].definition.code == CODE]
    content = each.content | {"smallest_published": 60}
    changed = replace(each, definition=read_definition(CODE, content, TABLES), content=content)
    keep_definitions(defined=[(file, changed)], actor=None, now=NOW + timedelta(minutes=1))

    assert kept() is None
    assert series.is_hidden(figure(CODE, "2023-10", FEW), definition())
    [card] = boards.board(NOW.date(), area=FEW, hides_small=True)
    assert card.is_hidden

    published(2, {})
    assert kept() == worked_out()


def test_a_draft_changes_nothing_that_is_public_and_does_not_keep_it_back(mediation):
    before = kept()
    published(1, {"2023-10": (2, None, None)}, is_published=False)
    assert kept() == before
    assert figure(CODE, "2023-10", FEW).value == 2

    published(2, {})

    newest = published_figures([CODE], area=FEW, period="2023-10")
    assert [each.value for each in newest] == [2]
    assert (FEW, "2023-10") in kept()


def test_a_figure_of_the_city_needs_no_figure_of_its_parts(monkeypatch):
    define("mediation")
    for month, count in (("2023-08", 40), ("2023-09", 3), ("2023-10", 50)):
        state("disputes_mediated", month, Decimal(count), area=DATONG, unit="件")
    compute_figures(now=NOW, actor=None, months=3)
    nothing_is_worked_out(monkeypatch)

    [card] = boards.board(NOW.date(), area=DATONG, hides_small=True)

    assert [point.value for point in card.line] == [40, None, 50]
