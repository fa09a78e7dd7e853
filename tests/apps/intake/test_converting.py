"""What stands in an appeal after its row came in."""

from datetime import UTC, datetime

import pytest
from tests.factories import AreaFactory, TopicFactory

from civicloop.apps.intake.models import Appeal, TopicBasis

HEADER = (
    "编号", "受理时间", "渠道", "诉求类型", "诉求人", "联系电话", "标题", "内容", "区划", "地址",
    "类别", "支持数", "反对数", "答复内容", "答复时间",
)  # fmt: skip
ROW = (
    "0017", "2023年3月5日 9:05", "热线", "求助", "陈某", "13900000000", "路灯不亮", "三天了，没人修。", "云溪区", "青禾路3号",
    "路灯", "12", "1", "已修复", "2023-03-08 10:00:00",
)  # fmt: skip

pytestmark = pytest.mark.django_db


def test_every_field_has_its_place(write_csv, import_file):
    area, topic = AreaFactory(), TopicFactory(path="城建/路灯")

    run = import_file(write_csv([ROW], header=HEADER), source="hotline")

    appeal = Appeal.objects.get()
    assert (appeal.source, appeal.source_key, appeal.channel.code) == ("hotline", "0017", "hotline")
    assert (appeal.kind, appeal.subject, appeal.text) == ("help", "路灯不亮", "三天了，没人修。")
    assert appeal.received_at == datetime(2023, 3, 5, 1, 5, tzinfo=UTC)
    assert (appeal.area, appeal.county, appeal.address) == (area, area, "青禾路3号")
    assert (appeal.topic, appeal.topic_basis) == (topic, TopicBasis.IMPORTED)
    assert (appeal.support_votes, appeal.oppose_votes) == (12, 1)
    assert appeal.reply_text == "已修复"
    assert appeal.replied_at == datetime(2023, 3, 8, 2, 0, tzinfo=UTC)
    assert not appeal.is_waiting
    assert len(appeal.caller_key) == 32
    assert appeal.original_row.opened_cells() == list(ROW)
    assert (appeal.original_row.run, appeal.original_row.row_number) == (run, 2)


def test_no_column_but_the_original_row_holds_the_caller(write_csv, import_file):
    import_file(write_csv([ROW], header=HEADER))

    assert not [
        v for v in Appeal.objects.values().get().values() if "陈某" in str(v) or "139000" in str(v)
    ]


def test_fractions_of_a_second_stay_in_the_original_row(write_csv, import_file):
    import_file(write_csv([("2023-03-05 09:05:07.250", "停水")], header=("时间", "内容")))

    appeal = Appeal.objects.get()
    assert appeal.received_at == datetime(2023, 3, 5, 1, 5, 7, tzinfo=UTC)
    assert appeal.original_row.opened_cells()[0].endswith(".250")


def test_reply_without_a_time_is_a_reply(write_csv, import_file):
    import_file(write_csv([("2023-03-05", "停水", "已恢复")], header=("时间", "内容", "答复")))

    assert not Appeal.objects.get().is_waiting


def test_missing_time_that_the_mapping_allows_is_told(write_csv, import_file, now):
    run = import_file(
        write_csv([("停水",)], header=("内容",)), mapping_toml="[dates]\nrequired = false\n"
    )

    assert Appeal.objects.get().received_at == now
    assert run.warnings == {"missing_time": {"count": 1, "values": {}}}


@pytest.mark.parametrize(("column", "limit"), [(0, 100), (6, 500), (9, 500)])
def test_value_that_does_not_fit_is_rejected_not_cut(column, limit, write_csv, import_file):
    fits, too_long = list(ROW), list(ROW)
    fits[column], too_long[column] = "1" * limit, "1" * (limit + 1)
    too_long[0] = too_long[0] if column == 0 else "0018"

    run = import_file(write_csv([fits, too_long], header=HEADER))

    assert (run.new_count, run.rejected_count) == (1, 1)
    [problem] = run.rejected_rows.get().problems
    assert (problem["code"], problem["params"]["limit"]) == ("too_long", str(limit))
