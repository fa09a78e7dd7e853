"""What a column of a file can mean, in words, and which columns are left unread."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FIELD_NAMES: Mapping[str, Promise] = {
    "ignore": gettext_lazy("– not used –"),
    "id": gettext_lazy("number in the source"),
    "subject": gettext_lazy("subject"),
    "text": gettext_lazy("text of the appeal"),
    "received_at": gettext_lazy("time of receipt"),
    "channel": gettext_lazy("channel"),
    "kind": gettext_lazy("kind"),
    "caller": gettext_lazy("caller's number in the source"),
    "caller_name": gettext_lazy("caller's name"),
    "caller_phone": gettext_lazy("caller's telephone"),
    "area": gettext_lazy("area"),
    "address": gettext_lazy("address"),
    "topic": gettext_lazy("topic, as a path or a name"),
    "topic_level1": gettext_lazy("topic, first level"),
    "topic_level2": gettext_lazy("topic, second level"),
    "topic_level3": gettext_lazy("topic, third level"),
    "unit": gettext_lazy("unit"),
    "support": gettext_lazy("supporting votes"),
    "oppose": gettext_lazy("opposing votes"),
    "reply": gettext_lazy("reply"),
    "replied_at": gettext_lazy("time of the reply"),
}
HIDDEN = "•••"
CALLER_FIELDS = frozenset({"caller", "caller_name", "caller_phone"})


def word_unread_columns(shape: Mapping[str, Any]) -> list[str]:
    """A sentence for each column whose field is read from another column of its sheet."""
    sheets = shape.get("sheets", [])
    return [
        f"{sheet['name']}: {words}" if len(sheets) > 1 else words
        for sheet in sheets
        for words in _unread(sheet["columns"])
    ]


def _unread(columns: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    readers = {column["field"]: column for column in columns}
    for column in columns:
        field = column.get("passed_over", "ignore")
        if field == "ignore" or field not in readers:
            continue
        yield _(
            "Column %(letter)s “%(header)s” is not read: column %(read_letter)s "
            "“%(read_header)s” is taken as %(field)s. To read it instead, choose it on the import "
            'page or write "@%(letter)s" = "%(code)s" under [columns] in a mapping file; '
            '"@%(letter)s" = "ignore" ends this notice.'
        ) % {
            "letter": column["letter"],
            "header": column["header"],
            "read_letter": readers[field]["letter"],
            "read_header": readers[field]["header"],
            "field": FIELD_NAMES.get(field, field),
            "code": field,
        }
