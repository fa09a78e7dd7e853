import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.engines.text.event_messages import city

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ORDERS = ("by time", "backwards", "shuffled")


@pytest.fixture
def file(tmp_path):
    rows = [("标题", "诉求内容", "来电时间")]
    rows += [(m.subject, m.text, f"{m.received_at or ''}") for m in city()[0]]
    path = tmp_path / "appeals.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return path


def evaluated(**options):
    out = io.StringIO()
    call_command("evaluate_text", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_events_agree_in_whatever_order_appeals_come(file):
    figures = evaluated(arrivals=file)

    count = len(city()[0])
    for order in ORDERS:
        assert figures[f"arrivals: {order}"]["n"] == count
        assert figures[f"arrivals: {order}"]["singly"] == count
        assert 0.75 <= figures[f"arrivals: {order}"]["pair_f1"] <= 1  # 276 appeals, much alike
        assert 0 < figures[f"arrivals: {order}, the last ones"]["singly"] <= 0.03 * count
        assert figures[f"arrivals: {order}, the last ones"]["pair_f1"] >= 0.99
        assert figures[f"arrivals: {order}, the last ones, learned anew"]["pair_f1"] >= 0.97


def test_without_a_file_a_city_is_generated():
    figures = evaluated(sample_arrivals=True, appeals=300)

    assert {figures[f"arrivals: {order}"]["n"] for order in ORDERS} == {300}


def test_a_city_too_small_to_generate_is_refused_in_a_sentence():
    with (
        translation.override("en"),
        pytest.raises(CommandError, match="A city of 0 appeals cannot be measured"),
    ):
        call_command("evaluate_text", sample_arrivals=True, appeals=0)
