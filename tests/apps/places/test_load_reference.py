import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.factories import AreaFactory, UnitFactory

from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.intake.models import Channel, Topic, TopicTree
from civicloop.apps.intake.queries import channels, topic_choices
from civicloop.apps.places.models import Area, AreaLevel, Unit, UnitLevel
from civicloop.apps.places.queries import area_choices

pytestmark = pytest.mark.django_db
AREAS = """code,name,level
9900,明川省,province
9901,明川市,city
990101,云溪区,county
990101001,东门街道,
990101001002,柳林社区,village
"""
TOPICS = """一级分类,二级分类,三级分类,编码,承办单位
城建,市政,路灯,010101,城管局
城建,市政,井盖,010102,
城建,绿化,,,
环保,,,,
"""


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def load(tmp_path):
    def run(table: str, text: str, *words: str) -> str:
        path, output = tmp_path / f"{table}.csv", io.StringIO()
        path.write_text(text, encoding="utf-8")
        call_command("load_reference", table, str(path), *words, stdout=output)
        return output.getvalue()

    return run


def test_areas_are_loaded_with_parents_and_levels(load):
    load("areas", AREAS)

    village = Area.objects.get(code="990101001002")
    chain = [village, village.parent, village.parent.parent, village.parent.parent.parent]
    assert [area.name for area in chain] == ["柳林社区", "东门街道", "云溪区", "明川市"]
    assert village.parent.level == AreaLevel.TOWNSHIP  # told by the zeros of its code
    assert AuditEvent.objects.get().details == {"file": "areas.csv", "count": 5}
    assert [area.name for area in area_choices()] == ["云溪区", "东门街道"]


def test_areas_loaded_again_are_renamed_not_doubled(load):
    load("areas", AREAS)

    load("areas", "区划代码,名称,级别\n990101,云溪新区,区县\n")

    assert Area.objects.count() == 5
    assert Area.objects.get(code="990101000000").name == "云溪新区"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,title\n99,明川省\n", "row 1: the column “名称” is missing"),
        ("code,name\n99,\n", "row 2: “name” is empty"),
        ("code,name\n99x,明川省\n", "row 2: “99x” is no area code"),
        ("code,name,level\n99,明川省,realm\n", "row 2: “realm” is no level"),
        ("code,name\n99,甲\n99,乙\n", "row 3: “99” stands in two rows"),
        ("code,name\n990101,云溪区\n", "row 2: the area that “990101” lies in is missing"),
        ("code,name\n99," + "长" * 61 + "\n", "row 2: .* is too long"),
    ],
)
def test_wrong_area_file_is_refused_by_row(text, message, load):
    with pytest.raises(CommandError, match=message):
        load("areas", text)

    assert not Area.objects.exists()


def test_units_are_loaded_and_changed(load):
    area = AreaFactory(code="990101000000")
    load("units", "code,name,level,area_code\nU1,城管局,county,990101\nU2,自来水公司,企业,990101\n")

    load("units", "单位编码,单位名称,级别,区划代码\nU1,城市管理局,county,990101000000\n")

    assert list(Unit.objects.values_list("code", "name", "level", "area")) == [
        ("U1", "城市管理局", UnitLevel.COUNTY, area.id),
        ("U2", "自来水公司", UnitLevel.ENTERPRISE, area.id),
    ]


def test_wrong_unit_file_tells_every_row(load):
    AreaFactory(code="990101000000")
    text = "code,name,level,area_code\nU1,甲,galaxy,990101\nU1,乙,county,88\n"

    with pytest.raises(CommandError) as error:
        load("units", text)

    lines = str(error.value).splitlines()[1:]
    assert lines == [
        "row 2: “galaxy” is no level",
        "row 3: “U1” stands in two rows",
        "row 3: no area has the code “88”; load areas first",
    ]


def test_topics_make_a_tree_with_codes_for_all(load):
    unit = UnitFactory(name="城管局")

    load("topics", TOPICS, "--valid-from", "2023-01-01")

    rows = Topic.objects.order_by("path").values_list("path", "level", "code", "unit")
    assert set(rows) == {
        ("城建", 1, "01", None),
        ("城建/市政", 2, "0101", None),
        ("城建/市政/路灯", 3, "010101", unit.id),
        ("城建/市政/井盖", 3, "010102", None),
        ("城建/绿化", 2, "0102", None),
        ("环保", 1, "02", None),
    }
    lamp = Topic.objects.get(name="路灯")
    assert lamp.parent.parent.name == "城建"


def test_changed_topics_are_a_new_version(load):
    UnitFactory(name="城管局")
    load("topics", TOPICS, "--valid-from", "2023-01-01")
    load("topics", TOPICS, "--valid-from", "2023-01-01")  # the same: nothing to do

    load("topics", TOPICS + "交通,,,,\n", "--valid-from", "2024-01-01")

    assert list(TopicTree.objects.values_list("valid_from", flat=True)) == [
        date(2024, 1, 1),
        date(2023, 1, 1),
    ]
    assert "交通" in [topic.path for topic in topic_choices()]
    with pytest.raises(CommandError, match="Another topic tree"):
        load("topics", "level1\n交通\n", "--valid-from", "2024-01-01")


def test_a_topic_s_case_of_limits_is_that_of_those_below_too(load):
    table = "level1,level2,level3,时限类别\n水电,,,水电气热\n水电,供水,停水,\n水电,供水,改造,复杂\n城建,绿化,,\n"

    load("topics", table, "--valid-from", "2023-01-01")

    cases = dict(Topic.objects.exclude(limit_case="").values_list("path", "limit_case"))
    assert cases == {
        "水电": "utilities",
        "水电/供水": "utilities",
        "水电/供水/停水": "utilities",
        "水电/供水/改造": "complex",
    }
    with pytest.raises(CommandError, match="Another topic tree"):
        load("topics", table.replace("水电气热", ""), "--valid-from", "2023-01-01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("level1,limit_case\n城建,soon\n", "row 2: “soon” in “limit_case” is no case of limits"),
        ("level1,level2,level3\n城建,,路灯\n", "row 2: a third level without a second"),
        ("level1\n城建\n城建\n", "row 3: “城建” stands in two rows"),
        ("level1,code\n城建,1\n环保,1\n", "row 3: “1” stands in two rows"),
        ("level1,unit\n城建,无此局\n", "row 2: no unit is called “无此局”"),
        ("level1\n城/建\n", "row 2: “城/建” is too long"),
        ("", "The file is empty"),
    ],
)
def test_wrong_topic_file_is_refused_by_row(text, message, load):
    with pytest.raises(CommandError, match=message):
        load("topics", text)

    assert not TopicTree.objects.exists()


def test_topic_choices_without_a_tree():
    assert topic_choices() == []


def test_channels_are_added_and_renamed(load):
    load("channels", "code,name,name_en\nhotline,热线,Hotline\nkiosk,自助机,\n")

    load("channels", "编码,名称\nhotline,市民热线\n")

    assert [(c.code, c.name, c.name_en) for c in channels()] == [
        ("hotline", "市民热线", "Hotline"),
        ("kiosk", "自助机", "自助机"),
    ]
    assert Channel.objects.get(code="kiosk").shown_name == "自助机"


@pytest.mark.parametrize("text", ["code,name\nx,甲\nx,乙\n", "code,name\n" + "x" * 21 + ",甲\n"])
def test_wrong_channel_file_is_refused(text, load):
    with pytest.raises(CommandError, match=r"row [23]"):
        load("channels", text)
