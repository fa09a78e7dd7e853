import tomllib

from civicloop.web.intake.mapping_text import with_columns

MAPPING = """
source = "热线"
header_row = 2
time_required = false
[columns]
"旧" = "text"
[dates]
formats = ["%Y.%m.%d", "%d/%m"]
earliest = 2015-01-01
[values.kind]
"求 \\"助\\"" = "help"
"""


def test_columns_are_replaced_and_the_rest_stays() -> None:
    before = tomllib.loads(MAPPING)

    after = tomllib.loads(with_columns(MAPPING, {"@A": "id", "@B": "text"}))

    assert after == before | {"columns": {"@A": "id", "@B": "text"}}


def test_mapping_that_cannot_be_read_is_left_out() -> None:
    assert tomllib.loads(with_columns("source = ", {"@A": "id"})) == {"columns": {"@A": "id"}}
