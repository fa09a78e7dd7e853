"""The mark of the page that shows a contact: from a picture of it one learns for whom it was shown."""

from collections.abc import Iterator

from django.utils.crypto import constant_time_compare, salted_hmac

from civicloop.apps.intake.models import Look
from civicloop.connectors.pictures.brightness import Brightness
from civicloop.engines.watermark import MOST_NUMBER, TAG_BITS, Mark, read_marks
from civicloop.engines.watermark.drawing import drawing_of


def mark_of(look: Look) -> Mark:
    """The look's number with a tag, so that nobody puts another's mark on a picture."""
    number = look.pk & MOST_NUMBER
    code = salted_hmac("civicloop watermark", str(number), algorithm="sha256").digest()
    return Mark(number, int.from_bytes(code[:4]) >> (32 - TAG_BITS))


def drawing_for(look: Look, *, words: str) -> str:
    """The picture that lies over the page: the invisible mark, and words that everybody sees."""
    return drawing_of(mark_of(look), words=words)


def looks_in(picture: Brightness) -> Iterator[Look]:
    """The look whose page a picture shows; nothing where no mark of ours is found."""
    tried: set[int] = set()
    for mark in read_marks(picture):
        if mark.number in tried:
            continue
        tried.add(mark.number)
        look = Look.objects.filter(pk=mark.number).select_related("asked_by", "appeal").first()
        if look and constant_time_compare(str(mark_of(look)), str(mark)):
            yield look
            return
