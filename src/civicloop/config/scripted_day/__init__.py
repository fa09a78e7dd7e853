"""A day at the hotline of the sample city, played through the same actions that people take.

300 appeals of three channels go from registration to their end: dispatched by directory and
experience or by hand, objected to, consulted about, merged, answered by one plan, reviewed, called
back, done again, supervised, brought before a joint meeting, mediated, petitioned. Nothing is drawn
by lot: who does what follows from an order's place in the list, so the day is the same every time.
"""

from civicloop.config.scripted_day.day import DAY_APPEALS
from civicloop.config.scripted_day.playing import DayPlayed, play_day, play_morning

__all__ = ["DAY_APPEALS", "DayPlayed", "play_day", "play_morning"]
