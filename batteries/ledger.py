"""What was asked for and what was answered, compared with what the database holds.

Source: the histories of Jepsen. An order that was acknowledged must be there; one that was refused must
not; of one whose answer never came nobody knows, and either is right. Nothing is there twice.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ledger:
    """The history of one battery, by what was sent."""

    asked: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def note(self, word: str, what: str) -> None:
        """Take a line that a process said: "ask", "ok" or "fail"."""
        {"ask": self.asked, "ok": self.acknowledged, "fail": self.refused}[word].add(what)

    def compare(self, present: Iterable[str]) -> "Verdict":
        """Judge what is there, each as often as it is there."""
        counted = Counter(present)
        refused = self.refused - self.acknowledged  # refused once, and taken at another try
        return Verdict(
            asked=len(self.asked),
            acknowledged=len(self.acknowledged),
            unknown=len(self.asked - self.acknowledged - self.refused),
            lost=len(self.acknowledged - counted.keys()),
            invented=len(counted.keys() - self.asked) + len(refused & counted.keys()),
            doubled=sum(count - 1 for count in counted.values()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a history and a database agree."""

    asked: int
    acknowledged: int
    unknown: int
    lost: int
    invented: int
    doubled: int

    @property
    def is_met(self) -> bool:
        return not (self.lost or self.invented or self.doubled) and self.acknowledged > 0

    def __str__(self) -> str:
        return (
            f"{self.asked:,} sent, {self.acknowledged:,} acknowledged, {self.unknown} unanswered:"
            f" {self.lost} lost, {self.doubled} doubled, {self.invented} invented"
        )
