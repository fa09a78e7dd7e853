"""What a column of a file can mean, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
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
CALLER_FIELDS = frozenset({"caller", "caller_name", "caller_phone"})
