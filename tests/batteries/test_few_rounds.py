"""A few rounds of three batteries, and that their controls are found out."""

import pytest
from batteries.__main__ import BATTERIES, run_battery
from batteries.places import sqlite_place

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("name", ["killing", "dispatching", "retrying"])
def test_battery_is_met_and_its_control_is_found_out(name):
    battery = next(battery for battery in BATTERIES if battery.name == name)

    found = run_battery(battery, 1, sqlite_place, is_control=False)
    control = run_battery(battery, 1, sqlite_place, is_control=True)

    assert found.is_met, found.words
    assert control.is_found, control.words
