"""The city's topics as Open311's services; a report may leave the topic to the hotline."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from civicloop.api.open311.formats import Value
from civicloop.apps.intake.models import Topic
from civicloop.apps.intake.queries.choices import topic_choices

UNKNOWN = "other"  # the hotline finds the topic
OCCURRED, CONFIDENTIAL = "OCCURRED", "CONFIDENTIAL"


def all_services() -> Sequence[Value]:
    topics = topic_choices()
    if not any(topic.code == UNKNOWN for topic in topics):
        return [*map(_service, topics), service_of(None)]
    return list(map(_service, topics))


def topic_of(code: str) -> Topic | None:
    """The topic of a service; none where the hotline is to find it.

    Raises:
        LookupError: there is no such service.
    """
    topic = next((one for one in topic_choices() if one.code == code), None)
    if topic is None and code != UNKNOWN:
        raise LookupError(code)
    return topic


def service_of(topic: Topic | None) -> Value:
    if topic:
        return _service(topic)
    name = _("The hotline finds the topic")
    return _written(UNKNOWN, name, name, "")


def _service(topic: Topic) -> Value:
    return _written(topic.code, topic.name, topic.path, topic.path.split("/")[0])


def _written(code: str, name: str, description: str, group: str) -> Value:
    return {
        "service_code": code,
        "service_name": name,
        "description": description,
        "metadata": True,
        "type": "realtime",
        "keywords": description.replace("/", ", "),
        "group": group,
    }


def definition_of(code: str) -> Value:
    """What a report may say beyond its words; the same of each service."""
    return {
        "service_code": code,
        "attributes": [
            _attribute(1, OCCURRED, "string", _("When it happened"), []),
            _attribute(
                2,
                CONFIDENTIAL,
                "singlevaluelist",
                _("Whether no office may learn who reports it"),
                [{"key": "no", "name": _("no")}, {"key": "yes", "name": _("yes")}],
            ),
        ],
    }


def _attribute(
    order: int, code: str, datatype: str, description: str, values: Sequence[Value]
) -> Value:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": "",
        "order": order,
        "description": description,
        "values": values,
    }
