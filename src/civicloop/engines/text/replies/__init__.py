"""Read a reply against the message it answers: does it tell something, and does it answer.

Source: own arrangement; see the package's modules for the parts and their sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from civicloop.engines.text.replies.answers import Answer, Degree, match_answers
from civicloop.engines.text.replies.clauses import (
    EMPTY_KINDS,
    MOST_CHARACTERS,
    Clause,
    ClauseKind,
    letters_in,
    pairs_of,
    read_clauses,
)
from civicloop.engines.text.replies.facts import (
    Basis,
    Contact,
    Measure,
    NamedUnit,
    find_basis,
    find_contacts,
    find_measures,
    find_units,
)
from civicloop.engines.text.replies.promises import Promise, find_promises
from civicloop.engines.text.replies.requests import find_requests
from civicloop.engines.text.replies.scorer import (
    ReplyMarks,
    ReplyScorer,
    ScoreReason,
    read_marks,
)
from civicloop.engines.text.times import NamedDay, find_days

LITTLE_TOLD = 0.75  # see ReplyMarks: fewer than 8 letters beside courtesy and passing on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReading:
    """Everything found in one reply; spans count characters of the reply, requests of the message."""

    probability: float  # that a reader calls it substantive, 0 to 1
    is_empty: bool  # tells nothing, or so the scorer thinks and it names no measure and no rule
    reasons: tuple[ScoreReason, ...]
    answers: tuple[Answer, ...]  # one per request of the message
    measures: tuple[Measure, ...]
    days: tuple[NamedDay, ...]
    basis: tuple[Basis, ...]
    units: tuple[NamedUnit, ...]
    contacts: tuple[Contact, ...]
    promises: tuple[Promise, ...]
    empty_phrases: tuple[Clause, ...]  # passing on, sending elsewhere, putting off
    copied_share: float  # of the reply's letters, the citizen's own words given back
    marks: ReplyMarks

    @property
    def open_requests(self) -> int:
        """How many requests the reply does not go into at all."""
        return sum(answer.degree is Degree.NONE for answer in self.answers)

    @property
    def may_answer_otherwise(self) -> bool:
        """Whether it says what answers say, in whatever words: yes or no, a measure, a rule, a reason."""
        marks = self.marks
        return any((marks.direct, marks.measure, marks.basis, marks.reason))

    @property
    def is_beside(self) -> bool:
        """Whether it tells something, but surely nothing that was asked."""
        has_none = self.open_requests == len(self.answers)
        return has_none and not self.is_empty and not self.may_answer_otherwise


def read_reply(
    *, message: str, subject: str, reply: str, replied_on: date, scorer: ReplyScorer
) -> ReplyReading:
    """Read one reply.

    Args:
        message: what the citizen wrote; its first ``MOST_CHARACTERS`` are read.
        subject: the title, may be empty.
        reply: what was answered; as above.
        replied_on: the day of the reply.
        scorer: weights of the marks.
    """
    message, reply = message[:MOST_CHARACTERS], reply[:MOST_CHARACTERS]
    written = pairs_of(f"{subject}\n{message}")
    clauses = read_clauses(reply, written)
    requests = find_requests(message, subject=subject)
    answers = match_answers(
        requests, clauses, message=message, subject=subject, reply=reply, written=written
    )
    measures = find_measures(clauses)
    basis = find_basis(reply)
    days = find_days(reply, replied_on=replied_on)
    marks = read_marks(clauses, measures=measures, basis=len(basis), answers=answers)
    return ReplyReading(
        probability=scorer.probability(marks),
        is_empty=is_empty(marks, scorer),
        reasons=tuple(scorer.reasons(marks)),
        answers=tuple(answers),
        measures=tuple(measures),
        days=tuple(days),
        basis=tuple(basis),
        units=tuple(find_units(clauses)),
        contacts=tuple(find_contacts(reply)),
        promises=tuple(find_promises(clauses, days, replied_on=replied_on)),
        empty_phrases=tuple(clause for clause in clauses if clause.kind in EMPTY_KINDS),
        copied_share=_copied_share(clauses),
        marks=marks,
    )


def is_empty(marks: ReplyMarks, scorer: ReplyScorer, *, by_rules: bool = True) -> bool:
    """Whether a reply is called empty: the scorer's call, within rules that hold in every city.

    What names a measure done or a rule is never empty; what tells next to nothing always is,
    however long its courtesy.
    """
    is_below = scorer.probability(marks) < scorer.threshold
    if not by_rules:
        return is_below
    if marks.measure or marks.basis:
        return False
    return is_below or marks.little_told > LITTLE_TOLD


def _copied_share(clauses: Sequence[Clause]) -> float:
    letters = sum(letters_in(clause.text) for clause in clauses)
    copied = sum(letters_in(one.text) for one in clauses if one.kind is ClauseKind.COPY)
    return copied / max(letters, 1)
