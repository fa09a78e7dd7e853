"""Open an appeal to whoever shows its number and code; guessing is counted and stopped."""

import unicodedata
from datetime import datetime

from civicloop.apps.intake.actions.tallies import (
    CODES_FROM_AN_ADDRESS,
    CODES_OF_A_RECEIPT,
    count_try,
    give_back_try,
)
from civicloop.apps.intake.models import Appeal, Receipt
from civicloop.apps.intake.receipts import is_code_of


class WrongReceiptError(LookupError):
    """No receipt has this number and code; which of the two is wrong is not said."""


def open_receipt(*, number: str, code: str, address: str, now: datetime) -> Appeal:
    """The appeal of a receipt. A number that there is not is worked on like a wrong code, and takes as long.

    Raises:
        TooManyTriesError: too many wrong codes for this number or from this address.
        WrongReceiptError: number and code do not belong together.
    """
    number = "".join(unicodedata.normalize("NFKC", number).split())
    limits = [(CODES_OF_A_RECEIPT, number), (CODES_FROM_AN_ADDRESS, address)]
    for limit, whom in limits:
        count_try(limit=limit, whom=whom, now=now)
    receipt = Receipt.objects.filter(number=number).first() or Receipt(number=number)
    if not is_code_of(receipt, code):
        raise WrongReceiptError(number)
    for limit, whom in limits:
        give_back_try(limit=limit, whom=whom)
    return receipt.appeal
