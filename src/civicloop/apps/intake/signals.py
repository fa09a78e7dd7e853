"""What apps that keep places in an appeal's text can listen to."""

from django.dispatch import Signal

words_taken_out = (
    Signal()
)  # appeal_ids: Sequence[int]; sent in the transaction that changes the text
