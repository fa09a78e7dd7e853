from datetime import date

import pytest
from tests.factories import AreaFactory, ChannelFactory, TopicFactory, TopicTreeFactory

from civicloop.apps.intake.actions import ensure_channels
from civicloop.apps.intake.models import Channel, Kind
from civicloop.apps.intake.names import NameBook
from civicloop.apps.places.models import AreaLevel

pytestmark = pytest.mark.django_db
DAY = date(2023, 3, 1)


@pytest.fixture
def areas():
    rows = (
        ("9901", "明川市", AreaLevel.CITY),
        ("990101", "云溪区", AreaLevel.COUNTY),
        ("990102", "石门县", AreaLevel.COUNTY),
        ("990101001", "东门街道", AreaLevel.TOWNSHIP),
        ("990102001", "东门街道", AreaLevel.TOWNSHIP),
        ("990102101", "柳林镇", AreaLevel.TOWNSHIP),
        ("990102101003", "柳林村", AreaLevel.VILLAGE),
    )
    return {
        code: AreaFactory(code=code.ljust(12, "0"), name=name, level=level)
        for code, name, level in rows
    }


@pytest.mark.parametrize(
    ("text", "code", "warning"),
    [
        ("云溪区", "990101", ""),
        ("云溪", "990101", ""),
        ("明川市云溪区", "990101", ""),
        ("柳林镇", "990102101", ""),
        ("石门县 / 柳林镇 / 柳林村", "990102101003", ""),
        ("石门县东门街道", "990102001", ""),
        ("云溪-东门街道", "990101001", ""),
        ("990102101", "990102101", ""),
        ("９９０１０２", "990102", ""),
        ("云溪区滨河路12号", "990101", "partly_known_area"),
        ("东门街道", None, "unknown_area"),  # there are two
        ("海东区", None, "unknown_area"),
        ("990199", None, "unknown_area"),
        ("", None, ""),
    ],
)
def test_area_is_found_when_it_is_certain(text, code, warning, areas):
    ChannelFactory(code="other")
    names = NameBook(day=DAY)

    found = names.area(text)

    assert found.area_id == (areas[code].id if code else None)
    assert found.warning == warning
    assert list(names.warnings.as_json()) == ([warning] if warning else [])


def test_county_of_an_area_is_known(areas):
    ChannelFactory(code="other")
    names = NameBook(day=DAY)

    assert names.area("柳林村").county_id == areas["990102"].id
    assert names.area("石门县").county_id == areas["990102"].id
    assert names.area("明川市").county_id is None


@pytest.mark.parametrize(
    ("names", "path", "warning"),
    [
        (("城建/市政/路灯", "", "", ""), "城建/市政/路灯", ""),
        (("城建 > 市政 > 路灯", "", "", ""), "城建/市政/路灯", ""),
        (("城建／市政", "", "", ""), "城建/市政", ""),
        (("", "城建", "市政", "路灯"), "城建/市政/路灯", ""),
        (("", "城建", "市政", "井盖"), "城建/市政", "partly_known_topic"),
        (("路灯", "", "", ""), "城建/市政/路灯", ""),
        (("C02", "", "", ""), "城建/市政", ""),
        (("其他", "", "", ""), None, "unknown_topic"),  # there are two
        (("", "", "", ""), None, ""),
    ],
)
def test_topic_is_found_when_it_is_certain(names, path, warning):
    ChannelFactory(code="other")
    topics = {
        each: TopicFactory(path=each, code=code)
        for code, each in (
            ("C01", "城建"), ("C02", "城建/市政"), ("C03", "城建/市政/路灯"),
            ("C04", "城建/其他"), ("C05", "环保"), ("C06", "环保/其他"),
        )
    }  # fmt: skip

    found = NameBook(day=DAY).topic(names)

    assert found == (topics[path].id if path else None, warning)


def test_topic_comes_from_the_tree_in_force():
    ChannelFactory(code="other")
    now = TopicFactory(path="城建")
    TopicFactory(path="城建", tree=TopicTreeFactory(valid_from=date(2024, 1, 1)))

    assert NameBook(day=DAY).topic(("城建",)).topic_id == now.id


def test_channels_and_kinds_are_known_by_many_words(now):
    ensure_channels(now=now)
    ensure_channels(now=now)
    names = NameBook(day=DAY)
    codes = dict(Channel.objects.values_list("id", "code"))

    found = [codes[names.channel_id(name)] for name in ("12345热线", "网 站", "ＡＰＰ", "飞鸽", "")]

    assert found == ["hotline", "web", "app", "other", "other"]
    assert [names.kind(name) for name in ("投诉", "求决类", "Praise", "闲聊", "")] == [
        Kind.COMPLAINT, Kind.HELP, Kind.PRAISE, Kind.OTHER, Kind.OTHER,
    ]  # fmt: skip
    assert names.warnings.as_json() == {
        "unknown_channel": {"count": 1, "values": {"飞鸽": 1}},
        "unknown_kind": {"count": 1, "values": {"闲聊": 1}},
    }


def test_own_channel_names_come_before_the_preset():
    ChannelFactory(code="other")
    hotline = ChannelFactory(code="h", name="网站")
    ChannelFactory(code="web", name="门户")

    assert NameBook(day=DAY).channel_id("网站") == hotline.id
