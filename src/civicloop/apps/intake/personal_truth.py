"""Measure how well personal details are found: on anyone's judged texts, or on made-up ones.

A file holds a JSON object per line: ``text`` and ``spans``, each with ``kind``, ``start`` and ``end``.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from civicloop.connectors.sample_city.personal import PersonalText, personal_texts
from civicloop.engines.evaluation.personal import PersonalScore, score_personal
from civicloop.engines.pii import STRUCTURED, PiiKind, find_pii

SEED = 12345
DIGITS = 4

PersonalFigures = dict[str, dict[str, float | int | None]]


class UnreadableSpansError(ValueError):
    """A file of judged texts is not in the expected form; the message says where."""


def read_judged_details(file: Path) -> list[PersonalText]:
    """Read a file of judged texts.

    Raises:
        UnreadableSpansError: a line is not in the expected form, or there is none.
    """
    rows = []
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    rows.append(_judged(line, file, number))
    except UnicodeDecodeError:
        raise UnreadableSpansError(
            _("%(file)s is not UTF-8; save it as UTF-8.") % {"file": file}
        ) from None
    if not rows:
        raise UnreadableSpansError(_("%(file)s holds no text.") % {"file": file})
    return rows


def _judged(line: str, file: Path, number: int) -> PersonalText:
    try:
        row = json.loads(line)
        text = str(row["text"])
        spans = tuple(
            (PiiKind(span["kind"]).value, int(span["start"]), int(span["end"]))
            for span in row["spans"]
        )
    except (ValueError, KeyError, TypeError):
        raise UnreadableSpansError(
            _(
                "%(file)s, line %(line)s: expected text and spans with kind, start and end; the kinds are %(kinds)s."
            )
            % {"file": file, "line": number, "kinds": ", ".join(PiiKind)}
        ) from None
    if any(not 0 <= start < end <= len(text) for _kind, start, end in spans):
        raise UnreadableSpansError(
            _("%(file)s, line %(line)s: a span lies outside its text.")
            % {"file": file, "line": number}
        )
    return PersonalText(text=text, spans=spans)


def made_up_details(count: int) -> list[PersonalText]:
    """Texts with details that are nobody's; always the same."""
    return personal_texts(count, seed=SEED)


def personal_figures(rows: Sequence[PersonalText]) -> PersonalFigures:
    """The figures of each kind, of the structured kinds together, and what was hidden beside."""
    found = [
        [(span.kind.value, span.start, span.end) for span in find_pii(row.text)] for row in rows
    ]
    scores = score_personal([row.text for row in rows], [row.spans for row in rows], found)
    structured = _figures(scores.of(STRUCTURED))
    return {
        "personal: structured kinds": structured
        | {"hidden_beside": round(scores.hidden_beside, DIGITS), "rows": len(rows)},
        **{f"personal: {kind}": _figures(score) for kind, score in scores.by_kind.items()},
    }


def _figures(score: PersonalScore) -> dict[str, float | int | None]:
    return {
        "recall": None if score.recall is None else round(score.recall, DIGITS),
        "precision": None if score.precision is None else round(score.precision, DIGITS),
        "judged": score.judged,
        "found": score.found,
    }
