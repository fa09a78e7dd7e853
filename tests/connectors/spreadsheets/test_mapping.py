import json
from datetime import date

import pytest

from civicloop.connectors.spreadsheets import (
    DateOrder,
    Field,
    ImportMapping,
    MappingCode,
    MappingError,
    load_mapping,
)
from civicloop.connectors.spreadsheets.mapping import mapping_as_json, mapping_from_json

FULL = """
source = "云溪区镇长信箱"
sheet = "台账"
header_row = 3
header_rows = 2
encoding = "gb18030"
delimiter = ";"

[columns]
"来函" = "text"
"@C" = "address"
"经办" = "ignore"

[constants]
channel = "web"
received_at = 2023-05-04
support = 0

[values.kind]
"投 诉件" = "complaint"

[dates]
time_zone = "Asia/Urumqi"
order = "dmy"
formats = ["%d %b %Y"]
earliest = 1985-01-01
required = false
"""


def test_mapping_holds_what_the_file_says():
    assert load_mapping(FULL) == ImportMapping(
        source="云溪区镇长信箱",
        sheet="台账",
        header_row=3,
        header_rows=2,
        encoding="gb18030",
        delimiter=";",
        columns={"来函": Field.TEXT, "@C": Field.ADDRESS, "经办": Field.IGNORE},
        constants={Field.CHANNEL: "web", Field.RECEIVED_AT: "2023-05-04", Field.SUPPORT: "0"},
        value_names={Field.KIND: {"投 诉件": "complaint"}},
        time_zone="Asia/Urumqi",
        date_order=DateOrder.DAY_FIRST,
        date_formats=("%d %b %Y",),
        earliest_day=date(1985, 1, 1),
        time_required=False,
    )


def test_mapping_survives_its_way_through_json():
    mapping = load_mapping(FULL)

    assert mapping_from_json(json.loads(json.dumps(mapping_as_json(mapping)))) == mapping


def test_empty_mapping_and_byte_order_mark_are_fine():
    assert load_mapping("\ufeff") == ImportMapping()


def test_earliest_may_be_a_time():
    assert load_mapping("[dates]\nearliest = 1985-01-01T08:00:00").earliest_day == date(1985, 1, 1)


@pytest.mark.parametrize(
    ("source", "code", "line", "key"),
    [
        ("a = 1\nb = = 2", MappingCode.NOT_TOML, 2, None),
        ("a = " + "[" * 5_000, MappingCode.NOT_TOML, 0, None),
        ("# " + "x" * 70_000, MappingCode.TOO_LONG, 0, None),
        ('source = "x"\ncolour = "red"', MappingCode.UNKNOWN_KEY, 2, "colour"),
        ("source = 5", MappingCode.WRONG_TYPE, 1, "source"),
        ("header_row = true", MappingCode.WRONG_TYPE, 1, "header_row"),
        ("columns = 5", MappingCode.WRONG_TYPE, 1, "columns"),
        ("header_row = -1", MappingCode.UNKNOWN_VALUE, 1, "header_row"),
        ("header_rows = 3", MappingCode.UNKNOWN_VALUE, 1, "header_rows"),
        ('delimiter = "x"', MappingCode.UNKNOWN_VALUE, 1, "delimiter"),
        ('encoding = "klingon"', MappingCode.UNKNOWN_VALUE, 1, "encoding"),
        ('encoding = "base64"', MappingCode.UNKNOWN_VALUE, 1, "encoding"),
        ('[columns]\n"来函" = "txt"', MappingCode.UNKNOWN_FIELD, 2, "来函"),
        ('[columns]\n"甲" = "text"\n"乙" = "text"', MappingCode.FIELD_TWICE, 3, "乙"),
        ('[columns]\n"！" = "text"', MappingCode.UNKNOWN_VALUE, 2, "！"),
        ('[constants]\ncolour = "red"', MappingCode.UNKNOWN_FIELD, 2, "colour"),
        ("[constants]\nchannel = true", MappingCode.WRONG_TYPE, 2, "channel"),
        ('[constants]\nsupport = "many"', MappingCode.WRONG_TYPE, 2, "support"),
        ('[constants]\nreceived_at = "昨天"', MappingCode.UNKNOWN_VALUE, 2, "received_at"),
        ('[values.text]\n"a" = "b"', MappingCode.UNKNOWN_VALUE, 1, "text"),
        ('[values.kind]\n"a" = 5', MappingCode.WRONG_TYPE, 1, "kind"),
        ('[dates]\ntime_zone = "Mars/Base"', MappingCode.UNKNOWN_VALUE, 2, "time_zone"),
        ('[dates]\ntime_zone = "../etc/passwd"', MappingCode.UNKNOWN_VALUE, 2, "time_zone"),
        ('[dates]\norder = "ymd"', MappingCode.UNKNOWN_VALUE, 2, "order"),
        ("[dates]\nformats = [5]", MappingCode.UNKNOWN_VALUE, 2, "formats"),
        ('[dates]\nformats = ["%Q"]', MappingCode.UNKNOWN_VALUE, 2, "formats"),
    ],
)
def test_wrong_mapping_says_what_and_where(source, code, line, key):
    with pytest.raises(MappingError) as caught:
        load_mapping(source)

    assert caught.value.code is code
    assert caught.value.line == line
    assert caught.value.params.get("key") == key


@pytest.mark.parametrize("name", ["@ZZZZ", "@ZZZZZZZ", "@1", "@0", "@", "@c", "@SG", "@ZZZ"])
def test_a_column_that_no_sheet_can_have_is_refused_at_once(name):
    with pytest.raises(MappingError) as caught:
        load_mapping(f'[columns]\n"{name}" = "reply"\n')

    assert caught.value.code is MappingCode.UNKNOWN_COLUMN
    assert (caught.value.line, caught.value.params) == (2, {"key": name, "last": "SF"})
