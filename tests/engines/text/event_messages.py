"""A small invented city's messages: six troubles at many places, in a few wordings each."""

from datetime import UTC, datetime, timedelta

from civicloop.engines.text.events import Message

PLACES = [
    "云栖湾小区", "墨兰庭小区", "鹿鸣苑小区", "听松里小区", "望舒园小区", "拾光里小区",
    "青禾路", "白榆路", "流萤街", "半夏街", "南乔村", "北垣村",
    "知微小学", "远志中学", "沐晴幼儿园", "栖岚幼儿园", "泊舟农贸市场", "衔枝医院",
]  # fmt: skip
TROUBLES = [
    ("夜间施工噪音扰民", [
        "工地每天半夜打桩，机器轰鸣，孩子根本没法睡觉，请尽快制止",
        "凌晨两点还在浇筑混凝土，声音震得窗户直响，老人整夜失眠",
    ]),
    ("油烟直排熏人", [
        "楼下烧烤店没有装净化器，油烟往家里灌，夏天不敢开窗",
        "餐馆的排烟管正对着卧室，呛得人咳嗽，衣服上全是味道",
    ]),
    ("停水多日没人修", [
        "自来水断了三天，打电话给水厂一直推脱，做饭都要去买水",
        "水管爆裂之后无人抢修，居民提着桶到处接水，生活困难",
    ]),
    ("拖欠工人工资", [
        "包工头欠着半年的血汗钱不给，几十个工友等着回家过年",
        "工程早就结束，劳务公司说没有结账，一直不发薪水",
    ]),
    ("违规收取停车费", [
        "物业没有公示收费标准就抬杆收钱，不交就堵着不让进",
        "地面停车位突然涨价，也没有征求大家的意见，收据都不开",
    ]),
    ("路灯不亮看不清", [
        "整条道路晚上漆黑一片，灯坏了一个多月，老人摔了几跤",
        "照明设施全部损坏，夜里骑车差点撞上行人，盼望维修",
    ]),
]  # fmt: skip
START_AT = datetime(2024, 3, 1, 9, tzinfo=UTC)


def message(number: int, subject: str, text: str, **more: object) -> Message:
    """Make one message; received on its number's hour unless told otherwise."""
    received_at = START_AT + timedelta(hours=7 * number)
    return Message(
        **{"id": number, "subject": subject, "text": text, "received_at": received_at} | more
    )


_KINDS = ("花园", "家园", "路", "街", "村", "小学", "中学", "市场", "医院", "公寓")


def single_matters(count: int) -> list[Message]:
    """Give messages that are each about a place of their own, in the wordings of the others.

    They make the wordings common and leave the places rare, as in a real city.
    """
    found = []
    for n in range(count):
        place = chr(0x5100 + 7 * n) + chr(0x6100 + 11 * n) + _KINDS[n % len(_KINDS)]
        title, bodies = TROUBLES[n % len(TROUBLES)]
        text = f"{place}{bodies[n // 6 % 2]}。我们住在{place}，{title}。"
        found.append(message(2000 + n, f"反映{place}{title}", text, author=f"s{n}"))
    return found


def city() -> tuple[list[Message], dict[int, int]]:
    """Give messages, and the event (place and trouble) each belongs to."""
    messages: list[Message] = []
    event_of: dict[int, int] = {}
    for place_number, place in enumerate(PLACES):
        title, bodies = TROUBLES[place_number % len(TROUBLES)]
        for wording, body in enumerate(bodies):
            number = len(messages) + 1
            text = f"{place}{body}。我们住在{place}，{title}。"
            subject = f"{place}{title}" if wording else f"投诉{place}{title}的问题"
            messages.append(message(number, subject, text, author=f"u{number}"))
            event_of[number] = place_number
    alone = single_matters(240)
    return messages + alone, event_of | {m.id: m.id for m in alone}


def same_parts(one: dict[int, int], other: dict[int, int]) -> bool:
    """Tell whether two clusterings part the messages alike, whatever the numbers."""

    def parts(event_of: dict[int, int]) -> set[frozenset[int]]:
        events = set(event_of.values())
        return {frozenset(m for m, e in event_of.items() if e == event) for event in events}

    return parts(one) == parts(other)
