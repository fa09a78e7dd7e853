import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from tests.engines.text.event_messages import city

PLACES = ("望舒园小区", "拾光里小区", "青禾路")


@pytest.fixture
def file(tmp_path):
    """Two appeals about each of three places, and many about others, of which nobody says where."""
    rows = [("标题", "诉求内容", "河名")]
    for message in city()[0]:
        place = next((place for place in PLACES if place in message.text), "")
        rows.append((message.subject, message.text, place))
    path = tmp_path / "placed.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return path


@pytest.mark.django_db
def test_places_of_joined_appeals_are_counted(file):
    out = io.StringIO()

    call_command("evaluate_text", places=file, place_column="河名", json=True, stdout=out)

    figures = json.loads(out.getvalue())
    assert figures["n"] == len(city()[0])
    assert figures["places"] == 3
    assert figures["copies"] == 6
    assert figures["one_place"] in {None, 1.0}
    assert 0 <= figures["copies_joined"] <= 1


@pytest.mark.django_db
def test_a_column_without_places_is_refused_in_a_sentence(file):
    with pytest.raises(CommandError, match="no such"):
        call_command("evaluate_text", places=file, place_column="no such")
