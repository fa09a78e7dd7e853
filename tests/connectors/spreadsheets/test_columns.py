"""Which column is read when two say that they hold the same."""

import pytest

from civicloop.connectors.spreadsheets import (
    Field,
    FileShape,
    UnreadableCode,
    UnreadableFileError,
    inspect,
    load_mapping,
)
from civicloop.connectors.spreadsheets.shape import shape_as_json, shape_from_json


@pytest.fixture
def look(tmp_path):
    def look(*lines: str, mapping: str = "") -> FileShape:
        path = tmp_path / "a.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return inspect(path, mapping=load_mapping(mapping))

    return look


def passed_over(shape: FileShape) -> dict[str, Field]:
    columns = shape.sheets[0].columns
    return {c.letter: c.passed_over for c in columns if c.passed_over is not Field.IGNORE}


def test_the_second_column_of_one_name_says_that_it_is_not_read(look):
    shape = look("编号,时间,内容,内容", "1,2023-03-01,停水,停电")

    assert [column.field for column in shape.sheets[0].columns][2:] == [Field.TEXT, Field.IGNORE]
    assert passed_over(shape) == {"D": Field.TEXT}


def test_a_poorer_name_for_a_field_says_that_it_is_not_read(look):
    assert passed_over(look("time_raw,time,内容", "x,2023-03-01,停水")) == {"A": Field.RECEIVED_AT}


def test_two_columns_under_a_mapped_name_are_told_apart_too(look):
    shape = look("时间,事由,事由", "2023-03-01,停水,停电", mapping='[columns]\n"事由" = "text"\n')

    assert passed_over(shape) == {"C": Field.TEXT}


@pytest.mark.parametrize("mapping", ['"@C" = "text"', '"@C" = "text"\n"@B" = "ignore"'])
def test_a_column_chosen_by_a_mapping_needs_no_words(look, mapping):
    shape = look("时间,内容,内容", "2023-03-01,停水,停电", mapping=f"[columns]\n{mapping}\n")

    assert shape.sheets[0].columns[2].field is Field.TEXT
    assert not passed_over(shape)


def test_a_shape_kept_by_an_earlier_version_is_read(look):
    shape = look("时间,内容", "2023-03-01,停水")
    plain = shape_as_json(shape)
    for column in plain["sheets"][0]["columns"]:
        del column["passed_over"]

    assert shape_from_json(plain) == shape


@pytest.mark.parametrize("name", ["@D", "@SF"])
def test_a_mapped_column_beyond_the_sheet_refuses_the_file(look, name):
    with pytest.raises(UnreadableFileError) as caught:
        look("时间,内容,备用", "2023-03-01,停水,", mapping=f'[columns]\n"{name}" = "reply"\n')

    assert caught.value.code is UnreadableCode.MAPPED_COLUMN_MISSING
    assert caught.value.params == {"header": name}


def test_a_column_mapped_by_letter_and_by_header_to_different_fields_is_refused(look):
    mapping = '[columns]\n"@C" = "text"\n"内容" = "subject"\n'

    with pytest.raises(UnreadableFileError) as caught:
        look("编号,时间,内容", "1,2023-03-01,停水", mapping=mapping)

    assert caught.value.code is UnreadableCode.MAPPED_COLUMN_TWICE
    assert caught.value.params == {
        "letters": "@C", "letters_field": "text", "header": "内容", "header_field": "subject",
    }  # fmt: skip


@pytest.mark.parametrize("other", ["ignore", "subject"])
def test_a_header_may_name_the_column_that_a_letter_leaves_to_it(look, other):
    mapping = f'[columns]\n"内容" = "text"\n"@C" = "{other}"\n'

    shape = look("时间,内容,内容", "2023-03-01,停水,停电", mapping=mapping)

    assert [column.field for column in shape.sheets[0].columns[1:]] == [Field.TEXT, Field(other)]


def test_a_mapped_column_without_a_header_is_read(look):
    shape = look("时间,内容", "2023-03-01,停水,已答复", mapping='[columns]\n"@C" = "reply"\n')

    assert shape.sheets[0].columns[2].field is Field.REPLY
