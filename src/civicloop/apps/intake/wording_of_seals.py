from collections.abc import Sequence

from django.utils.translation import ngettext

MOST_NAMED = 10


def word_set_aside(count: int, numbers: Sequence[str]) -> str:
    """Name the appeals that were set aside because of a broken seal, and what to do."""
    words = ngettext(
        "%(count)s report is set aside, its words are not sealed, for what was sealed of it before does not open: "
        "%(numbers)s. Bring back the key file that is missing, then civicloop mask",
        "%(count)s reports are set aside, their words are not sealed, for what was sealed of them before does not "
        "open: %(numbers)s. Bring back the key file that is missing, then civicloop mask",
        count,
    )
    more = ["…"] if count > len(numbers) else []
    return words % {"count": count, "numbers": ", ".join([*numbers, *more])}
