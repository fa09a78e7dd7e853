"""What every way out of the house has in common."""

from dataclasses import dataclass
from typing import Protocol


class NotDeliveredError(RuntimeError):
    """It is certain that nothing went out: it may be tried again.

    Any other error from a gateway means that nobody here can know.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A short message to staff, or to who follows a public case: what it is, its number, where to read it.

    It leaves the house, so it never holds what a citizen wrote or who they are.
    """

    message_id: str  # the same at every try
    kind: str  # in the reader's language, such as 工单已超期
    reference: str  # an order's number
    link: str

    @property
    def text(self) -> str:
        """The message in one line."""
        return " ".join(part for part in (self.kind, self.reference, self.link) if part)


class Gateway(Protocol):
    """A way out: an e-mail server, a group robot, an SMS gateway."""

    def send(self, message: Message, *, to: str) -> None:
        """Send one message.

        Args:
            message: what to say.
            to: an address or number; empty where the gateway itself is the address.

        Raises:
            NotDeliveredError: it is certain that nothing went out.
        """
