import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.engines.text.readings.gazetteer import Gazetteer
from civicloop.engines.text.readings.place_keys import place_key

AREAS = Gazetteer(
    [
        ("澄安市", "city"),
        ("望澜区", "county"),
        ("橡堰街道", "township"),
        ("蓼洼镇", "township"),
        ("石轭村", "village"),
        ("鹿橹社区", "village"),
    ]
)
ONE_PLACE = [
    ["振华街 12 号", "振华街12号", "望澜区振华街十二号", "澄安市望澜区橡堰街道振华街１２号楼下", "振华街012号"],
    ["翠庐花园", "望澜区橡堰街道翠庐花园3栋2单元501", "翠庐花园小区三号楼", "翠庐花园一期", "蓼洼镇翠庐花园南门"],
    ["振华街12-1号", "振华街12之1号", "振华街 12附1 号"],
    ["石轭村", "望澜区石轭村3组"],
    ["裕钟南路公交站", "望澜区橡堰街道裕钟南路公交站旁"],
    ["东关十字西北角工商银行门口", "东关十字，西北角工商银行门口"],
]  # fmt: skip
NONE = ["", " ", "家里", "12号", "澄安市", "望澜区", "望澜区橡堰街道", "蓼洼镇"]


@pytest.mark.parametrize("written", ONE_PLACE)
def test_one_place_has_one_key_however_it_is_written(written):
    keys = {place_key(one, AREAS) for one in written}

    assert len(keys) == 1
    assert keys != {""}


def test_places_that_are_not_one_have_keys_of_their_own():
    written = [one[0] for one in ONE_PLACE]
    alike = [
        "振华街112号",
        "振华街一百一十二号",
        "振华街",
        "振华路12号",
        "翠庭花园",
        "裕钟北路公交站",
        "鹿橹社区",
    ]

    assert len({place_key(one, AREAS) for one in written + alike}) == len(written + alike)


@pytest.mark.parametrize("address", NONE)
def test_what_is_wider_than_a_village_is_no_place(address):
    assert place_key(address, AREAS) == ""


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_spaces_do_not_count(text):
    assert place_key(text, AREAS) == place_key(text.replace(" ", ""), AREAS)
