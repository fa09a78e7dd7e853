"""The commands of understanding, run one after the other on a small generated city."""

import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from tests.factories import AppealFactory

from civicloop.apps.intake.models import Appeal, TopicBasis
from civicloop.apps.issues.actions import topics
from civicloop.apps.issues.models import (
    Event,
    EventRun,
    HotIssue,
    SimilarityBasis,
    TopicModelVersion,
)
from civicloop.connectors.sample_city import CityPlan, SampleCityFiles, write_sample_city

LAST_DAY = date(2023, 10, 31)


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> SampleCityFiles:
    folder = tmp_path_factory.mktemp("city")
    return write_sample_city(CityPlan(appeals=600, last_day=LAST_DAY), folder)


@pytest.fixture
def loaded(db, city: SampleCityFiles) -> SampleCityFiles:
    for table, file in [("areas", city.areas), ("units", city.units), ("topics", city.topics)]:
        call_command("load_reference", table, str(file), stdout=StringIO())
    call_command("import_appeals", str(city.appeals), stdout=StringIO())
    return city


def run(*words: str, **options) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_every_appeal_stands_in_the_file_of_events_under_its_own_number(loaded, tmp_path):
    out = tmp_path / "events.csv"

    run("find_events", out=out)

    with out.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    with loaded.appeals.open(encoding="utf-8-sig", newline="") as opened:
        numbers = [row["编号"].strip() for row in csv.DictReader(opened)]
    assert sorted(row["id"] for row in rows) == sorted(numbers)
    clusters = {row["cluster"] for row in rows}
    assert Event.objects.count() < len(clusters) < len(rows)


def test_events_agree_better_with_the_truth_than_appeals_left_alone(loaded, tmp_path):
    alone = tmp_path / "alone.csv"
    with loaded.appeals.open(encoding="utf-8-sig", newline="") as opened:
        numbers = [row["编号"] for row in csv.DictReader(opened)]
    alone.write_text("id,cluster\n" + "".join(f"{number},\n" for number in numbers))

    run("find_events")

    found = json.loads(run("evaluate_text", events=loaded.truth_events, json=True))
    nothing = json.loads(
        run("evaluate_text", events=loaded.truth_events, predicted=alone, json=True)
    )
    assert found["b3s_f1"] > nothing["b3s_f1"] + 0.1
    assert nothing["near_miss_merge"] == 0


@pytest.mark.django_db
def test_a_number_that_is_a_formula_is_text_in_the_file_of_events(tmp_path):
    AppealFactory(source_key="=cmd|' /C calc'!A1")
    out = tmp_path / "events.csv"

    run("find_events", out=out)

    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("'=cmd")


def test_new_appeals_are_placed_without_looking_at_the_others_again(loaded):
    run("find_events")
    twin = Appeal.objects.filter(event_member__isnull=False).first()
    event = twin.event_member.event_id
    twin.pk, twin.source_key = None, "new-1"
    twin.save()

    run("find_events", new=True)

    assert EventRun.objects.first().appeal_count == 1
    assert Appeal.objects.get(source_key="new-1").event_member.event_id == event


def test_what_is_common_is_learned_anew_when_asked(loaded):
    run("find_events")
    twin = Appeal.objects.first()
    twin.pk, twin.source_key = None, "new-1"
    twin.save()

    run("find_events")
    kept = SimilarityBasis.objects.get().appeal_count
    run("find_events", "--learn")

    assert (kept, SimilarityBasis.objects.get().appeal_count) == (600, 601)
    with pytest.raises(CommandError):
        run("find_events", "--new", "--learn")


def test_the_table_of_hot_issues_is_printed_and_written(loaded, tmp_path):
    run("find_events")

    printed = run(
        "rank_hot_issues", days=[0], out=tmp_path / "hot.csv", details=tmp_path / "d.xlsx"
    )

    [first] = HotIssue.objects.filter(rank=1, scope="event")
    assert first.title in printed
    lines = (tmp_path / "hot.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].split(",")[:2] == ["1", str(first.event_id)]
    assert (tmp_path / "d.xlsx").read_bytes().startswith(b"PK")


def test_an_unknown_source_is_refused_before_the_work(loaded, tmp_path):
    with pytest.raises(CommandError, match="nosuch"):
        run("find_events", out=tmp_path / "events.csv", source="nosuch")

    assert not EventRun.objects.exists()
    assert not (tmp_path / "events.csv").exists()


def test_numbers_that_two_sources_share_are_told(loaded, tmp_path):
    call_command("import_appeals", str(loaded.appeals), source="other", stdout=StringIO())
    out = tmp_path / "events.csv"
    numbers = Appeal.objects.filter(source="other").count()

    with translation.override("en"):
        both = run("find_events", out=out)
        one = run("find_events", new=True, out=out, source="other")

    assert f"{numbers} ids stand in it more than once" in both
    assert "--source" in both
    assert "more than once" not in one
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1 + numbers
    with translation.override("en"), pytest.raises(CommandError, match="choose one: --source"):
        run("evaluate_text", events=loaded.truth_events)
    measured = run("evaluate_text", events=loaded.truth_events, source="other", json=True)
    assert json.loads(measured)["b3s_f1"] > 0


def test_what_came_by_another_way_than_a_file_is_a_source_too(make_appeal, tmp_path):
    make_appeal(source="desk")

    run("find_events", out=tmp_path / "events.csv", source="desk")

    assert (tmp_path / "events.csv").exists()


def test_the_ranking_of_the_whole_history_is_named_so(loaded):
    run("find_events")

    with translation.override("en"):
        whole, week = run("rank_hot_issues", days=[0]), run("rank_hot_issues", days=[7])

    assert ", whole history, " in whole.splitlines()[0]
    assert ", window 7 days, " in week.splitlines()[0]


def test_a_table_of_an_unknown_ending_is_refused_in_words(loaded, tmp_path):
    with pytest.raises(CommandError, match=r"hot\.doc"):
        run("rank_hot_issues", days=[0], out=tmp_path / "hot.doc")


def test_hot_issues_without_appeals_say_what_to_do(db):
    with pytest.raises(CommandError, match="civicloop import"):
        run("rank_hot_issues")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory) -> Path:
    """Three topics that share no words."""
    file = tmp_path_factory.mktemp("labelled") / "rows.csv"
    texts = {
        "供热": ["暖气不热", "供暖温度不够", "热力公司停暖", "家里暖气冰凉"],
        "噪声": ["施工噪音扰民", "半夜机器轰鸣", "广场音响太吵", "夜间噪声睡不着"],
        "道路": ["路面坑洼", "路灯不亮", "人行道破损", "井盖缺失道路危险"],
    }
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["detail", "label", "group"])
        for number in range(12):
            for label, phrases in texts.items():
                for phrase in phrases:
                    writer.writerow([f"{phrase}，{number}号楼居民反映", label, number])
        writer.writerow(["", "供热", "x"])
    return file


def test_train_and_evaluate_work_on_files_alone(db, labelled):
    run("train_topics", labelled=labelled)

    scores = json.loads(run("evaluate_text", labelled=labelled, json=True))
    assert scores["rows"] == 144
    assert scores["accuracy"] > 0.95
    assert TopicModelVersion.objects.filter(is_active=True).count() == 1


def test_training_on_the_appeals_takes_the_newest(loaded, monkeypatch):
    monkeypatch.setattr(topics, "MOST_TRAINING_ROWS", 3)
    known = Appeal.objects.filter(topic_basis=TopicBasis.IMPORTED)

    rows = topics.labelled_appeals()

    newest = known.order_by("-received_at", "-id")[:3]
    assert [row.text for row in rows] == [appeal.text for appeal in newest]


def test_an_older_version_of_the_topic_model_is_put_to_use_again(db, labelled):
    run("train_topics", labelled=labelled)
    run("train_topics", labelled=labelled, promote=True)

    with translation.override("en"):
        told = run("train_topics", use=1)
        with pytest.raises(CommandError, match="There is no version 9"):
            run("train_topics", use=9)

    assert "Version 1 is in use." in told
    assert TopicModelVersion.objects.get(is_active=True).version == 1


def test_topics_that_the_model_does_not_know_are_refused_in_words(db, labelled, tmp_path):
    run("train_topics", labelled=labelled)
    deeper = tmp_path / "deeper.csv"
    text = labelled.read_text(encoding="utf-8")
    for topic in ("供热", "噪声", "道路"):
        text = text.replace(f",{topic},", f",城建/{topic},")
    deeper.write_text(text, encoding="utf-8")

    refused = pytest.raises(CommandError, match=r"none of its topics, “城建/.*--level")
    with translation.override("en"), refused:
        run("evaluate_text", labelled=deeper)


def test_a_second_training_without_a_gain_is_kept_but_not_used(db, labelled):
    run("train_topics", labelled=labelled)
    with translation.override("en"):
        words = run("train_topics", labelled=labelled)

    versions = TopicModelVersion.objects.values_list("version", "is_active")
    assert list(versions) == [(2, False), (1, True)]
    assert "too few labelled rows that it had not seen" in words


def test_a_second_training_can_be_told_to_be_used(db, labelled):
    run("train_topics", labelled=labelled)
    run("train_topics", labelled=labelled, promote=True)

    versions = TopicModelVersion.objects.values_list("version", "is_active")
    assert list(versions) == [(2, True), (1, False)]


def test_suggestions_never_touch_what_the_source_or_a_person_said(loaded, labelled):
    settled = Appeal.objects.filter(topic_basis=TopicBasis.IMPORTED)
    before = dict(settled.values_list("id", "topic_id"))
    run("train_topics", labelled=labelled)

    run("classify_appeals")

    assert dict(settled.values_list("id", "topic_id")) == before
    unsettled = Appeal.objects.exclude(topic_basis=TopicBasis.IMPORTED)
    assert unsettled.count() == unsettled.filter(topic_suggestion__isnull=False).count() > 0


def test_classifying_again_has_nothing_to_do(loaded, labelled):
    run("train_topics", labelled=labelled)
    run("classify_appeals")

    assert "0" in run("classify_appeals")


def test_classifying_without_a_model_says_what_to_do(db):
    with pytest.raises(CommandError, match="civicloop train"):
        run("classify_appeals")


def test_a_labelled_file_without_a_topic_column_is_refused_in_words(db, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("detail,other\n暖气不热,1\n")

    with pytest.raises(CommandError, match=r"rows\.csv"):
        run("train_topics", labelled=file)


def test_too_few_labels_are_told_by_their_figures(db, tmp_path):
    file = tmp_path / "rows.csv"
    rows = ["暖气不热,供热", "供暖温度不够,供热", "热力公司停暖,供热", "路灯不亮,道路"]
    file.write_text("\n".join(["detail,label", *rows]), encoding="utf-8")

    with translation.override("en"), pytest.raises(CommandError) as refused:
        run("train_topics", labelled=file)

    assert "two topics with 3 rows each" in str(refused.value)
    assert "of 4 rows and 2 topics, 1 topics have as many" in str(refused.value)


def test_judged_events_in_another_form_are_refused_in_words(db, tmp_path):
    file = tmp_path / "gold.json"
    file.write_text('{"events": []}')

    with pytest.raises(CommandError, match=r"gold\.json"):
        run("evaluate_text", events=file)


def test_evaluate_without_a_question_says_what_it_can_measure(db):
    with pytest.raises(CommandError, match="--labelled"):
        run("evaluate_text")


@pytest.mark.one_database
def test_the_sample_city_measures_topics_and_events(db):
    figures = json.loads(run("evaluate_text", sample_city=True, appeals=1500, json=True))

    assert figures["events"]["b3s_f1"] > 0.5
    assert {"topics, 1 of 3 levels", "topics, 3 of 3 levels"} <= figures.keys()
