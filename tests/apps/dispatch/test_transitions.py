from civicloop.apps.dispatch.guards import CHECKS
from civicloop.apps.dispatch.models import OrderState
from civicloop.apps.dispatch.transitions import TRANSITIONS, Guard

BEGINNINGS = {OrderState.RECEIVED, OrderState.REGISTERED}


def test_every_state_can_be_reached():
    reached, grown = set(), set(BEGINNINGS)
    while grown != reached:
        reached = set(grown)
        grown |= {move.target for move in TRANSITIONS.values() if move.sources & reached}

    assert reached == set(OrderState)


def test_every_state_but_the_archive_can_be_left_for_the_end():
    ending = {OrderState.CLOSED}
    while (
        added := {
            state
            for move in TRANSITIONS.values()
            if move.target in ending
            for state in move.sources
        }
        - ending
    ):
        ending |= added

    assert ending == set(OrderState) - {OrderState.ARCHIVED}


def test_nothing_leaves_the_archive():
    assert not [name for name, move in TRANSITIONS.items() if OrderState.ARCHIVED in move.sources]


def test_every_move_has_somebody_who_may_make_it():
    assert all(move.actors for move in TRANSITIONS.values())


def test_every_guard_of_the_table_is_checked():
    assert set(CHECKS) == set(Guard)
    assert {guard for move in TRANSITIONS.values() for guard in move.guards} <= set(CHECKS)
