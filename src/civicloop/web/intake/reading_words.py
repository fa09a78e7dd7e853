"""What was read in an appeal, in words, and the appeal's own text with the spans marked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.models import AppealReading

Words = str | Promise

LEVELS: Mapping[int, Words] = {
    0: _("not urgent"),
    1: _("to be handled soon"),
    2: _("urgent: call back on the same day"),
    3: _("very urgent: call back at once"),
}
CODES: Mapping[str, Words] = {
    "self_harm": _("somebody may take their life"),
    "gas": _("gas"),
    "fire": _("fire"),
    "collapse": _("collapse or falling objects"),
    "electric": _("electricity"),
    "water": _("water or an open shaft"),
    "life": _("danger to life"),
    "violence": _("violence"),
    "child": _("a child in danger"),
    "mass": _("many people gather"),
    "deadline": _("a deadline"),
    "vulnerable": _("a person in need of care"),
    "repeated": _("complained of before"),
}
STATES: Mapping[str, Words] = {
    "near": _("at hand"),
    "possible": _("feared"),
    "past": _("in the past"),
}
MARKED = ("danger", "respondent", "time", "place")  # the first covers the later ones
LEGEND: Mapping[str, Words] = {
    "danger": _("danger"),
    "respondent": _("whom it is about"),
    "time": _("time"),
    "place": _("place"),
}
DANGERS = frozenset(list(CODES)[:9])
SURE = 0.5  # below it a suggested kind is not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWords:
    """Words of the text, and what they mean."""

    words: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWords:
    """A reading as the page shows it."""

    level: int
    level_words: Words
    reasons: list[FoundWords]
    kind_words: Words  # "" where it is the kind the appeal came with, or unsure
    kind_probability: float
    places: list[str]
    times: list[FoundWords]
    respondents: list[str]
    parts: list[str]  # empty where the appeal is about one problem
    legend: list[tuple[str, Words]]
    text: SafeString


def reading_words(appeal: Appeal, reading: AppealReading | None) -> ReadingWords | None:
    """Word a reading; None where there is none, or where the text that it points into is hidden."""
    if reading is None or appeal.hides("text"):
        return None
    text, spans = appeal.text, reading.spans
    differs = reading.kind != appeal.kind and reading.kind_probability >= SURE
    marked = _marked_spans(spans)
    return ReadingWords(
        level=reading.urgency,
        level_words=LEVELS[reading.urgency],
        reasons=_reasons(text, spans["hits"]),
        kind_words=Kind(reading.kind).label if differs else "",
        kind_probability=reading.kind_probability,
        places=_once(text[start:end] for start, end, *_rest in spans["places"]),
        times=_times(text, spans["times"]),
        respondents=_once(text[start:end] for start, end, *_rest in spans["respondents"]),
        parts=[text[start:end] for start, end in spans["requests"]]
        if reading.request_count > 1
        else [],
        legend=[(name, LEGEND[name]) for name in MARKED if marked[name]],
        text=marked_text(text, marked),
    )


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _reasons(text: str, hits: list[list[int | str]]) -> list[FoundWords]:
    """What was found to be urgent; what is denied or only a manner of speech is left out."""
    found: dict[tuple[str, str], FoundWords] = {}
    for start, end, code, state in hits:
        if state == "none":
            continue
        surface = text[int(start) : int(end)]
        words = [str(CODES[str(code)])]
        words += [str(STATES[str(state)])] if state in STATES else []
        meaning = " · ".join(words)
        found.setdefault((surface, meaning), FoundWords(words=surface, meaning=meaning))
    return list(found.values())


def _times(text: str, times: list[list[int | str]]) -> list[FoundWords]:
    found = {text[int(t[0]) : int(t[1])]: str(t[2]) for t in times}
    return [FoundWords(words=words, meaning=meaning) for words, meaning in found.items()]


def _marked_spans(spans: dict[str, list[list[int | str]]]) -> dict[str, list[tuple[int, int]]]:
    dangers = [
        hit
        for hit in spans["hits"]
        if hit[2] in DANGERS and hit[3] in ("present", "near", "possible")
    ]
    return {
        "danger": _places_of(dangers),
        "respondent": _places_of(spans["respondents"]),
        "time": _places_of(spans["times"]),
        "place": _places_of(spans["places"]),
    }


def _places_of(spans: list[list[int | str]]) -> list[tuple[int, int]]:
    return [(int(span[0]), int(span[1])) for span in spans]


def marked_text(text: str, spans: Mapping[str, list[tuple[int, int]]]) -> SafeString:
    """The text, escaped and otherwise unaltered, with the spans in <mark>."""
    return format_html_join(
        "", "{}", ((_piece(name, words),) for name, words in _pieces(text, spans))
    )


def _piece(name: str, words: str) -> SafeString:
    if not name:
        return escape(words)
    return format_html_join(
        "", '<mark class="read-{}" title="{}">{}</mark>', [(name, LEGEND[name], words)]
    )


def _pieces(text: str, spans: Mapping[str, list[tuple[int, int]]]) -> Iterator[tuple[str, str]]:
    """Cut a text where the marks change; where two overlap the weightier one shows."""
    names = [""] * len(text)
    for name in reversed(MARKED):
        for start, end in spans[name]:
            names[start:end] = [name] * len(text[start:end])
    at = 0
    for name, run in groupby(names):
        length = sum(1 for _ in run)
        yield name, text[at : at + length]
        at += length
