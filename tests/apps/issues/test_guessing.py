import pytest
from tests.factories import TopicFactory, UnitFactory

from civicloop.apps.intake.models import Kind
from civicloop.apps.issues.actions.topic_versions import train_topics
from civicloop.apps.issues.guessing import guess
from civicloop.engines.text.topics import LabelledText

pytestmark = pytest.mark.django_db


@pytest.fixture
def trained(now):
    pairs = [("自来水停水了，家里没水用", "公用事业/供水"), ("半夜施工噪声吵得睡不着", "环保/噪声")]
    train_topics(
        rows=[
            LabelledText(text=f"{number}号{text}", label=label, key=f"{label}{number}")
            for number in range(40)
            for text, label in pairs
        ],
        trained_on="test",
        now=now,
    )


def test_a_text_gets_its_topic_and_the_unit_that_usually_answers(trained):
    unit = UnitFactory(name="水务局")
    above = TopicFactory(path="公用事业", unit=unit)
    topic = TopicFactory(path="公用事业/供水", tree=above.tree)

    guessed = guess("我们小区自来水停水了，家里没水用")

    assert (guessed.topic, guessed.unit) == (topic, unit)


def test_without_a_model_nothing_is_claimed():
    guessed = guess("自来水停水了")

    assert (guessed.topic, guessed.unit) == (None, None)


def test_a_report_of_a_wrong_is_noticed_without_a_model():
    assert guess("我要举报某局工作人员收受贿赂，索要好处费").kind == Kind.REPORT
