"""How a figure is cited: what, where, when, as known on which day, by which definition."""

from django.utils.translation import gettext as _

from civicloop.apps.indicators.shown.series import Row
from civicloop.apps.indicators.shown.words import word_day, word_period
from civicloop.apps.indicators.words import title_of
from civicloop.engines.indicators.definitions import Definition
from civicloop.engines.provenance.digests import shown


def citation(row: Row, definition: Definition, area: str, address: str) -> str:
    """One line; the address leads to this very figure, also after a revision."""
    figure = row.figure
    return _(
        "%(area)s: %(title)s, %(period)s: %(value)s. As known on %(day)s; definition %(code)s version %(number)s (%(digest)s), inputs %(inputs)s. %(address)s"
    ) % {
        "area": area,
        "title": title_of(definition),
        "period": word_period(figure.period),
        "value": row.value,
        "day": word_day(figure.run.as_of),
        "code": definition.code,
        "number": figure.definition.number,
        "digest": shown(figure.definition.sha256),
        "inputs": shown(figure.input_digest),
        "address": address,
    }
