"""The path back from a figure, line by line."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.indicators.queries.tracing import Trace
from civicloop.apps.indicators.words import word_basis
from civicloop.engines.provenance.digests import shown


def word_trace(trace: Trace) -> Iterator[str]:
    """Tell definition, state of knowledge and inputs, then the first rows."""
    figure = trace.figure
    yield _("definition %(code)s, version %(number)s, %(digest)s, from %(file)s") % {
        "code": figure.definition.code,
        "number": figure.definition.number,
        "digest": shown(figure.definition.sha256),
        "file": figure.definition.file,
    }
    yield _("as known at %(at)s, inputs %(digest)s") % {
        "at": f"{timezone.localtime(figure.run.as_of):%Y-%m-%d %H:%M}",
        "digest": shown(figure.input_digest),
    }
    if figure.numerator:
        whole = f" / {figure.denominator}" if figure.denominator else ""
        yield f"{figure.numerator}{whole}"
    if figure.basis:
        yield _("basis: %(basis)s") % {"basis": word_basis(figure.basis, trace.definition)}
    for part in trace.parts:
        yield _("file %(file)s, %(rows)s rows") % {"file": part.file, "rows": part.row_count}
    for row in trace.observations:
        yield f"{row.value} {row.unit} · {row.document} · {row.page} {row.cell}".replace("  ", " ")
    for name, used in trace.uses.items():
        yield f"{name} = {used.code} {used.area} {used.period}: {used.value}"
    for each in trace.rows:
        yield f"{each.row.day} {each.row.area} {each.row.member} {each.ref}".replace("  ", " ")
