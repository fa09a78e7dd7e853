"""Jobs and their rhythm in words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.web.jobs.words import job_words as words_of

register = template.Library()

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@register.filter
def job_words(name: str) -> str:
    return words_of(name)


@register.filter
def every(span: timedelta) -> str:
    """Every day, every 5 minutes."""
    if span % DAY == timedelta(0):
        count = span // DAY
        return ngettext("every day", "every %(count)s days", count) % {"count": count}
    if span % HOUR == timedelta(0):
        count = span // HOUR
        return ngettext("every hour", "every %(count)s hours", count) % {"count": count}
    if span % MINUTE == timedelta(0):
        count = span // MINUTE
        return ngettext("every minute", "every %(count)s minutes", count) % {"count": count}
    return _("every %(count)s seconds") % {"count": f"{span.total_seconds():g}"}
