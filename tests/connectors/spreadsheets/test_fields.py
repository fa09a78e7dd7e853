import tomllib
from importlib.resources import files

import pytest

from civicloop.connectors.spreadsheets import Field, Values
from civicloop.connectors.spreadsheets.fields import guess_field, normalise_header


def test_values_have_one_attribute_per_field_in_its_order():
    assert list(Values._fields) == [field.value for field in Field if field is not Field.IGNORE]


def test_no_header_names_two_fields():
    source = files("civicloop").joinpath("presets/headers.toml").read_text(encoding="utf-8")
    headers = tomllib.loads(source)["headers"]
    names = [normalise_header(name) for synonyms in headers.values() for name in synonyms]

    assert {name for name in names if names.count(name) > 1} == set()
    assert set(headers) == set(Values._fields)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("诉求内容", Field.TEXT),
        (" 诉求 内容：", Field.TEXT),
        ("诉求内容（不少于十字）", Field.TEXT),
        ("ＩＤ", Field.ID),
        ("Received_At", Field.RECEIVED_AT),
        ("一级分类", Field.TOPIC_LEVEL1),
    ],
)
def test_header_is_known_however_it_is_written(header, field):
    assert guess_field(header).field is field


@pytest.mark.parametrize("header", ["", "阿猫", "内容内容"])
def test_other_headers_are_not_guessed(header):
    assert guess_field(header) is None
