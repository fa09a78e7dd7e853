"""A town of another kind, with what its operators judged: its hotline writes no subjects."""

from itertools import combinations
from random import Random

from civicloop.engines.text.events import Message
from civicloop.engines.text.events.learning import Judgement
from tests.engines.text.event_messages import TROUBLES, message

KINDS = ("花园", "家园", "路", "街", "村", "小学", "中学", "市场", "医院", "公寓")
FRAMES = (
    "反映{place}{title}。{place}{body}，请相关部门核实处理并回复。",
    "{place}{body}。来电人住在{place}，{title}，希望尽快解决，要求回复处理结果。",
    "群众反映问题，地点为{place}，{title}：{body}。诉求：请核实处理。",
)


def town(places: int) -> tuple[list[Message], dict[int, int]]:
    """Give messages, and the event each is of: three callers each, two troubles at some places."""
    told = [
        (n, 2 * n + (trouble != n % len(TROUBLES)), trouble, frame)
        for n in range(places)
        for trouble in (n % len(TROUBLES), (n + 2) % len(TROUBLES))[: 1 + n % 2]
        for frame in FRAMES
    ]
    Random(5).shuffle(told)
    messages: list[Message] = []
    for number, (n, _, trouble, frame) in enumerate(told, 1):
        place = chr(0x5100 + 7 * n) + chr(0x6100 + 11 * n) + chr(0x7100 + 5 * n) + KINDS[n % 10]
        title, bodies = TROUBLES[trouble]
        text = frame.format(place=place, title=title, body=bodies[number % 2])
        messages.append(message(number, "", text))
    return messages, {number: event for number, (_, event, _, _) in enumerate(told, 1)}


def judgements_about(event_of: dict[int, int]) -> list[Judgement]:
    """Give what operators say: what is of one event, and that other troubles of a place are not."""
    pairs = combinations(sorted(event_of), 2)
    return [
        Judgement(first=a, second=b, same=event_of[a] == event_of[b])
        for a, b in pairs
        if event_of[a] // 2 == event_of[b] // 2
    ]
