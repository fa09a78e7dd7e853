"""Descriptions of events and classes in words; what people wrote is quoted, never reworded."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypedDict

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.engines.text.descriptions import EventSummary


class Season(TypedDict):
    """A stored season: months 1 to 12 in order, and how much more often than usual."""

    months: list[int]
    ratio: float


SLOT_NAMES: Mapping[str, Promise] = {
    "place": gettext_lazy("Where"),
    "problem": gettext_lazy("What the problem is"),
    "people": gettext_lazy("Who suffers"),
    "since": gettext_lazy("Since when"),
    "respondent": gettext_lazy("Whom it is about"),
    "request": gettext_lazy("What they ask for"),
}
RESPONDENT_NAMES: Mapping[str, Promise] = {
    "property_manager": gettext_lazy("property managers"),
    "developer": gettext_lazy("developers"),
    "school": gettext_lazy("schools"),
    "training": gettext_lazy("training providers"),
    "health": gettext_lazy("health care"),
    "utility": gettext_lazy("heat, water, gas and power suppliers"),
    "transport": gettext_lazy("buses and taxis"),
    "telecom": gettext_lazy("telecommunication and parcels"),
    "builder": gettext_lazy("building sites"),
    "employer": gettext_lazy("employers"),
    "factory": gettext_lazy("factories"),
    "shop": gettext_lazy("shops and restaurants"),
    "village": gettext_lazy("village committees"),
    "office": gettext_lazy("public offices"),
}


class PhraseWords(NamedTuple):
    """One part of an event's description, quoted from the appeal it stands in."""

    name: str
    words: str
    appeal_id: int
    support: int
    voices: int


def summary_words(summary: EventSummary) -> list[PhraseWords]:
    """The parts of a description in the order in which they are told."""
    return [
        PhraseWords(
            str(SLOT_NAMES[slot]), phrase.words, phrase.message, phrase.support, summary.voices
        )
        for slot, phrase in summary.phrases()
    ]


def word_summary(summary: EventSummary) -> str:
    """The description in one line: place and problem first; "" when neither is known."""
    told = {slot: phrase.words for slot, phrase in summary.phrases()}
    if "problem" not in told:
        return ""
    head = (
        _("%(place)s: %(problem)s") % told
        if "place" in told and told["place"] not in told["problem"]
        else told["problem"]
    )
    for slot in ("people", "since", "request"):
        if slot in told:
            more = _("%(name)s: %(words)s") % {"name": SLOT_NAMES[slot], "words": told[slot]}
            head = _("%(told)s; %(more)s") % {"told": head, "more": more}
    return head


def month_name(month: int) -> str:
    # Translators: a month alone in Django's format letters: Nov; in Chinese n月
    return date_format(date(2000, month, 1), _("M"))


def word_season(season: Season | None) -> str:
    """When in the year a class comes up; "" when it has no season."""
    if season is None:
        return ""
    first, last = month_name(season["months"][0]), month_name(season["months"][-1])
    months = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    return _("%(months)s: %(ratio)s times as often as events in general") % {
        "months": months,
        "ratio": f"{season['ratio']:.1f}",
    }
