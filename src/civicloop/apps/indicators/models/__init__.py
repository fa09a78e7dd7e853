"""What the city measures, and where each figure comes from."""

from civicloop.apps.appending import AppendOnlyError
from civicloop.apps.indicators.models.figures import FactsPart, Figure, FigureRun, HiddenFigures
from civicloop.apps.indicators.models.goals import Goal, GoalMeasure, GoalTree
from civicloop.apps.indicators.models.observations import (
    DefinitionVersion,
    Observation,
    RosterVersion,
    SourceDocument,
    Vintage,
)

__all__ = [
    "AppendOnlyError",
    "DefinitionVersion",
    "FactsPart",
    "Figure",
    "FigureRun",
    "Goal",
    "GoalMeasure",
    "GoalTree",
    "HiddenFigures",
    "Observation",
    "RosterVersion",
    "SourceDocument",
    "Vintage",
]
