from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.issues import model_gain
from civicloop.apps.issues.actions.topic_versions import put_to_use, train_topics
from civicloop.apps.issues.actions.topics import active_model
from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.issues.topic_queries import label_conflicts
from civicloop.apps.issues.topic_words import word_comparison
from civicloop.engines.text.topics import LabelledText

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = datetime(2023, 11, 14, 9, 0, tzinfo=UTC)
PROBLEMS = {
    "供水": "自来水停水水管漏水",
    "噪声": "工地半夜施工噪声吵",
    "燃气": "燃气管道漏气灶打不着",
}


def rows(labels, *, first_day=0, count=40):
    """Rows of each label, one a day; every text has a street of its own."""
    return [
        LabelledText(
            text=f"{chr(0x4E00 + 7 * (first_day + number))}{chr(0x5100 + number)}街{PROBLEMS[label]}",
            label=label,
            received_at=NOW + timedelta(days=first_day + number),
            key=str(1 + place),
        )
        for number in range(count)
        for place, label in enumerate(labels)
    ]


def train(rows, **options):
    return train_topics(rows=rows, trained_on="rows", now=NOW, **options)


OLD = rows(["供水", "噪声"])
WITH_A_NEW_TOPIC = OLD + rows(["噪声", "燃气"], first_day=50, count=60)


def test_the_first_version_is_put_to_use():
    version = train(OLD)

    assert version.is_active
    assert version.comparison is None
    assert [one[0] for one in version.hidden_check["classes"]] == ["供水", "噪声"]
    assert version.hidden_check["curve"][-1] == [1.0, 1.0]


def test_a_version_that_knows_a_new_topic_is_better_and_put_to_use():
    train(OLD)

    version = train(WITH_A_NEW_TOPIC)

    assert version.is_active
    assert version.comparison["is_measured"]
    assert version.comparison["accuracy"] > version.comparison["accuracy_before"]
    with translation.override("en"):
        assert "measured gain" in word_comparison(version.comparison)
    assert TopicModelVersion.objects.filter(is_active=True).count() == 1
    assert version.learned[0][0] == "燃气"


def test_a_version_without_unseen_rows_is_kept_aside():
    train(OLD)

    version = train(OLD)

    assert not version.is_active
    assert version.comparison["rows"] == 0


def test_a_version_that_is_only_as_good_is_kept_aside():
    train(OLD)

    version = train(OLD + rows(["供水", "噪声"], first_day=50, count=60))

    assert version.comparison["rows"] > model_gain.FEWEST_COMPARED
    assert not version.comparison["is_measured"]
    assert not version.is_active


def test_going_back_is_one_step_and_recorded():
    train(OLD)
    train(WITH_A_NEW_TOPIC)
    user = User.objects.create_user(username="a", role=Role.SUPERVISOR)
    first = TopicModelVersion.objects.get(version=1)

    assert put_to_use(version=first, actor=user, now=NOW)
    assert not put_to_use(version=first, actor=user, now=NOW)

    assert active_model()[0] == first
    assert active_model()[1].labels == ("供水", "噪声")
    event = AuditEvent.objects.get(action="topic_model_promoted")
    assert (event.actor, event.details) == (user, {"before": 2, "after": 1})


def test_contradicting_labels_are_kept_with_the_version():
    twin = "小区门口的路灯坏了三个星期一直没有人来修请有关部门尽快派人处理"
    odd = [
        LabelledText(text=twin, label="供水", key="a"),
        LabelledText(text=f"急{twin}", label="噪声", key="b"),
    ]

    version = train(OLD + odd)

    conflict = label_conflicts(version)[0]
    assert (conflict.kind, conflict.key, conflict.other_key) == ("same_text", "b", "a")
    assert (conflict.label, conflict.other_label) == ("噪声", "供水")


def test_a_version_this_program_cannot_read_is_replaced():
    train(OLD)
    TopicModelVersion.objects.update(payload=b"from another age", trained_at=NOW - timedelta(1))

    version = train(OLD)

    assert version.is_active
    assert version.comparison is None
