from decimal import Decimal

import pytest

from civicloop.engines.indicators.faults import DefinitionError, Fault
from civicloop.engines.indicators.parts import refuse_odd_parts, sums_apart
from tests.engines.indicators.samples import stated

TOTAL = "hotline.all"
YICHUN_MAY_2023 = (
    38_447,
    [
        {"phone": 34_859, "wechat": 2_724, "web": 170, "police": 261, "superior": 318, "site": 115},
        {"consult": 19_651, "help": 592, "suggest": 649, "complain": 15_042, "report": 2_513},
        {"answered": 20_334, "dispatched": 18_113},
    ],
)
A_CITY_IN_WEEK_28_OF_2024 = (
    71_184,
    [
        {"answered": 37_527, "dispatched": 33_657},
        {"consult": 33_523, "help": 21_570, "suggest": 10_497, "complain_or_report": 3_783, "thank": 228, "other": 1_583},
    ],
)  # fmt: skip
TANGSHAN_NOVEMBER_2024 = (
    284_406,
    [
        {"consult": 124_599, "help": 56_672, "complain": 1_983, "suggest": 1_182, "report": 890, "thank": 415, "other": 9_791},
    ],
)  # fmt: skip


def published(total, splits, kind="count", **fields):
    """Definitions and values of a total that is published with its parts."""
    parts = [[f"hotline.{name}" for name in split] for split in splits]
    codes = [code for split in parts for code in split]
    numbers = [Decimal(number) for split in splits for number in split.values()]
    whole = stated(TOTAL, "all", kind=kind, unit="件", parts=parts, **fields)
    known = {code: stated(code, code, kind=kind, unit="件", **fields) for code in codes}
    values = dict(zip(codes, numbers, strict=True))
    return whole, Decimal(total), values, known


@pytest.mark.parametrize("report", [YICHUN_MAY_2023, A_CITY_IN_WEEK_28_OF_2024])
def test_a_hotline_whose_channels_kinds_and_ways_add_up_is_not_doubted(report):
    assert sums_apart(*published(*report)) == []


def test_what_yichun_dispatched_is_what_it_says_of_its_units():
    report = 18_113, [{"counties": 15_390, "city_units": 2_013, "between": 710}]

    assert sums_apart(*published(*report)) == []


def test_the_kinds_of_tangshan_do_not_make_the_appeals_that_it_states():
    [apart] = sums_apart(*published(*TANGSHAN_NOVEMBER_2024))

    assert (apart.total, apart.sum) == (284_406, 195_532)
    assert apart.parts[0] == "hotline.consult"


def test_of_two_ways_to_split_a_total_the_wrong_one_is_named():
    total, (answered, kinds) = A_CITY_IN_WEEK_28_OF_2024
    report = total, [answered, kinds | {"other": 1_582}]

    [apart] = sums_apart(*published(*report))

    assert (apart.sum, len(apart.parts)) == (71_183, 6)


def test_a_total_or_a_part_that_is_not_known_says_nothing():
    whole, total, values, known = published(*TANGSHAN_NOVEMBER_2024)

    assert sums_apart(whole, None, values, known) == []
    assert sums_apart(whole, total, values | {"hotline.other": None}, known) == []
    del values["hotline.other"], known["hotline.other"]  # withdrawn meanwhile
    assert sums_apart(whole, total, values, known) == []


@pytest.mark.parametrize(
    ("kind", "total", "is_apart"),
    [("flow", "3.4", False), ("flow", "3.5", True), ("count", "3.4", True)],
)
def test_amounts_may_be_off_by_what_rounding_takes_and_counts_may_not(kind, total, is_apart):
    report = published(total, [{"a": "1.1", "b": "2.2"}], kind, decimals=1)

    assert bool(sums_apart(*report)) is is_apart


@pytest.mark.parametrize(
    ("parts", "unit", "fault"),
    [
        (["hotline.none"], "件", Fault.UNKNOWN_INDICATOR),
        ([TOTAL], "件", Fault.CYCLE),
        (["hotline.part"], "万件", Fault.WRONG_COMBINATION),
    ],
)
def test_a_part_is_another_indicator_in_the_same_unit(parts, unit, fault):
    whole = stated(TOTAL, "all", kind="count", unit="件", parts=[parts])
    part = stated("hotline.part", "part", kind="count", unit=unit)

    with pytest.raises(DefinitionError) as error:
        refuse_odd_parts([whole, part])

    assert (error.value.fault, error.value.field) == (fault, "parts")
