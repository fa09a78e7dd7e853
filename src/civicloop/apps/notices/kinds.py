"""What staff can be told of: each app declares its kinds in a module `notice_kinds`."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """One kind of notice; its words are kept as code and values, and put together for the reader."""

    code: str
    label: Promise  # what it is about, such as 工单已超期; all that leaves the house, with reference and link
    words: Promise  # a sentence with %(reference)s and the notice's own values
    is_for_robots: bool  # also told to the group robots


KINDS: dict[str, NoticeKind] = {}


class KindDeclaredTwiceError(ValueError):
    """Two apps use one code."""


def notice_kind(
    code: str, *, label: Promise, words: Promise, is_for_robots: bool = False
) -> NoticeKind:
    """Declare a kind of notice."""
    if code in KINDS:
        raise KindDeclaredTwiceError(code)
    KINDS[code] = NoticeKind(code=code, label=label, words=words, is_for_robots=is_for_robots)
    return KINDS[code]


def label_of(code: str) -> str:
    """What a notice is about; a kind that this version does not know any more is named by its code."""
    return str(KINDS[code].label) if code in KINDS else code
