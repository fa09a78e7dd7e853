"""What is decided about an appeal before it is worded."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.connectors.sample_city.objects import CityObject
from civicloop.connectors.sample_city.speech import Style
from civicloop.connectors.sample_city.vocabulary import Filing, Problem

NO_EVENT = -1
SEED_BITS = 48
RIVAL_PERCENT = 16


@dataclass(slots=True, kw_only=True)
class Draft:
    """One appeal to be written.

    ``matter`` seeds the facts all appeals of one matter share (which stall, which building),
    ``wording`` the sentences, ``own`` what is this writer's alone (title, slips, channel).
    """

    problem: Problem
    thing: CityObject
    author: int
    matter: int
    wording: int
    own: int
    style: Style
    event: int = NO_EVENT
    serial: int = -1  # place in the list of planned appeals, -1 for background
    is_copy: bool = False  # the wording is somebody else's, lightly edited
    is_follow_up: bool = False
    second: Problem | None = None  # another problem of the same thing, told in passing

    @property
    def filing(self) -> Filing:
        """Under which topic, with which unit the matter was filed: at times the rival's."""
        rival = self.problem.rival(self.thing.kind.name)
        is_rivals = rival is not None and (self.matter >> 32) % 100 < RIVAL_PERCENT
        return rival if rival is not None and is_rivals else self.problem.filing
