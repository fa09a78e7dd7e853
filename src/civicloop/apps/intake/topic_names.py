"""Find a topic by its code, its path, or the names of its levels."""

import re
import unicodedata
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from civicloop.apps.intake.channel_preset import plain_name
from civicloop.apps.intake.models import Topic, TopicTree

_BETWEEN_LEVELS = re.compile(r"\s*(?:[/>|\\→]|--+|——+)\s*|\s+[-—]\s+")


class FoundTopic(NamedTuple):
    """A topic and what was not understood."""

    topic_id: int | None
    warning: str


NONE_GIVEN = FoundTopic(None, "")
UNKNOWN = FoundTopic(None, "unknown_topic")


class TopicNames:
    """The topics of the tree in force on a day, by code, path and name."""

    def __init__(self, day: date) -> None:
        tree = TopicTree.objects.filter(valid_from__lte=day).first()
        self._by_code: dict[str, Topic] = {}
        self._by_path: dict[tuple[str, ...], Topic] = {}
        self._by_name: defaultdict[str, list[Topic]] = defaultdict(list)
        for topic in Topic.objects.filter(tree=tree) if tree else ():
            self._by_code[plain_name(topic.code)] = topic
            self._by_path[tuple(map(plain_name, topic.path.split("/")))] = topic
            self._by_name[plain_name(topic.name)].append(topic)

    def find(self, names: tuple[str, ...]) -> FoundTopic:
        """The topic that the cells name; the part that is certain when its end is unknown."""
        levels = [
            plain_name(part)
            for name in names
            for part in _BETWEEN_LEVELS.split(unicodedata.normalize("NFKC", name).strip())
            if part
        ]
        if not levels:
            return NONE_GIVEN
        topic = self._whole(levels)
        if topic is not None:
            return FoundTopic(topic.id, "")
        for length in range(len(levels) - 1, 0, -1):
            topic = self._by_path.get(tuple(levels[:length]))
            if topic is not None:
                return FoundTopic(topic.id, "partly_known_topic")
        return UNKNOWN

    def _whole(self, levels: list[str]) -> Topic | None:
        if topic := self._by_path.get(tuple(levels)):
            return topic
        if len(levels) > 1:
            return None
        [name] = levels
        same_name = self._by_name.get(name, [])
        return self._by_code.get(name) or (same_name[0] if len(same_name) == 1 else None)
