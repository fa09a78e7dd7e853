"""Read the times of texts: when something happened, in a message, and by when it is promised, in a reply.

One grammar of phrases and one calendar for both; ``find_times`` looks back from the moment of receipt,
``find_days`` ahead from the day of the reply.

Source: own work.
"""

from civicloop.engines.text.times.days import NamedDay, find_days
from civicloop.engines.text.times.phrases import TimePhrase, find_times

__all__ = ["NamedDay", "TimePhrase", "find_days", "find_times"]
