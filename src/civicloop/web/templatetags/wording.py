"""Numbers, days and found words the way people read them, in Chinese and in English."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from civicloop.apps.accounts.words import private_spans
from civicloop.apps.clocks.counting import last_day_of
from civicloop.apps.clocks.wording import word_end, word_length

register = template.Library()

INDENT = "　"
LEAD, EXCERPT = 20, 200


@register.filter
def thousands(number: int) -> str:
    """12345 → 12,345 (Django's own grouping for Chinese has none)."""
    return f"{number:,}"


@register.filter
def percent(ratio: float) -> str:
    """0.875 → 87.5%."""
    return f"{ratio:.1%}"


@register.filter
def day(value: date | datetime) -> str:
    # Translators: a day in Django's format letters: 14 Nov 2023; in Chinese Y年n月j日
    return date_format(_local(value), _("j M Y"))


def short_day(value: date) -> str:
    """A day of a year that is known: 14 Nov."""
    # Translators: a day without its year in Django's format letters; in Chinese n月j日
    return date_format(value, _("j M"))


@register.filter
def day_to(first: date | datetime, last: date | datetime) -> str:
    """From the first day to the last, one day said once: 14 Nov 2023 – 2 Dec 2023."""
    begin, end = day(first), day(last)
    return begin if begin == end else f"{begin} – {end}"


@register.filter
def moment(value: datetime) -> str:
    # Translators: a day and time in Django's format letters; in Chinese Y年n月j日 H:i
    return date_format(_local(value), _("j M Y, H:i"))


@register.filter
def until(value: datetime) -> str:
    """The end of a time limit; at midnight it is 24:00 of the day that ends."""
    return word_end(value)


@register.filter
def last_day(value: datetime) -> str:
    """The day on which a time limit ends; 24:00 is of the day that ends."""
    return day(last_day_of(value))


@register.filter
def stretch(value: timedelta) -> str:
    """How long something took: 2 days 3 hours."""
    return word_length(int(value.total_seconds()))


@register.filter
def local_day(value: datetime) -> str:
    """The local day for an address: 2023-11-14."""
    return timezone.localtime(value).date().isoformat()


@register.filter
def signed(number: int) -> str:
    """12345 → +12,345."""
    return f"{number:+,}"


@register.filter
def signed_percent(ratio: float) -> str:
    """0.12 → +12.0%."""
    return f"{ratio:+.1%}"


@register.filter
def points(difference: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{difference * 100:+.1f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def indent(depth: int) -> str:
    """Wide spaces before a name in a list of a tree; a root has none."""
    return INDENT * depth


@register.filter
def around(text: str, words: str) -> str:
    """The part of a long text where the first word found stands."""
    places = [at for word in words.split() if (at := text.casefold().find(word.casefold())) >= 0]
    start = max(min(places, default=0) - LEAD, 0)
    return f"…{text[start:]}"[: EXCERPT + LEAD] if start else text[:EXCERPT]


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value


@register.filter
def highlight(text: object, words: str | Iterable[str]) -> SafeString:
    """The text, escaped, with each of the words (or the parts of a search) in <mark>."""
    return _marked(str(text), words.split() if isinstance(words, str) else words, "<mark>")


@register.filter
def underline(text: str, words: Iterable[str]) -> SafeString:
    """The text, escaped, with each of the words underlined as a reason."""
    return _marked(text, words, '<mark class="reason">')


@register.filter
def private_marked(text: str, words: Iterable[str] = ()) -> SafeString:
    """The text, escaped; what is hidden from most readers is marked, the words are underlined."""
    pieces: list[str] = []
    end = 0
    for start, stop in private_spans(text):
        pieces += [underline(text[end:start], words), _private(text[start:stop])]
        end = stop
    return mark_safe("".join([*pieces, underline(text[end:], words)]))  # noqa: S308 -- escaped


def _private(piece: str) -> str:
    title = escape(_("Hidden from units and overseers"))
    return f'<mark class="private" title="{title}">{escape(piece)}</mark>'


def _marked(text: str, words: Iterable[str], opening: str) -> SafeString:
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    parts: list[str] = []
    end = 0
    for found in pattern.finditer(text):
        parts += [escape(text[end : found.start()]), opening, escape(found[0]), "</mark>"]
        end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 -- each part is escaped
