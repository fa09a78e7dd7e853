import pytest
from tests.apps.dispatch.directories import in_force, rule
from tests.factories import AppealFactory, TopicFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions.unit_training import (
    train_units,
    training_rows,
    use_unit_model,
)
from civicloop.apps.dispatch.directory_facts import read_units
from civicloop.apps.dispatch.handled import handled_appeals
from civicloop.apps.dispatch.models import Objection, OrderState, PastHandling
from civicloop.apps.dispatch.unit_models import active_unit_model, suggest_units
from civicloop.engines.text.topics import NotEnoughLabelsError, TopicText

pytestmark = pytest.mark.both_databases


def told(text: str, unit, count: int = 40, first: int = 0, **fields) -> None:
    for number in range(first, first + count):
        appeal = AppealFactory(text=f"{chr(0x4E00 + number)}街{text}", **fields)
        PastHandling.objects.create(appeal=appeal, unit=unit)


@pytest.fixture
def history(housing, police) -> None:
    told("半夜施工吵得睡不着", police)
    told("屋顶漏水墙面开裂", housing)


def test_a_model_learns_from_what_an_earlier_system_tells(history, now) -> None:
    trained = train_units(now=now)

    version, model = active_unit_model()
    units = read_units()
    learned = suggest_units(model, [TopicText(text="楼上半夜施工")], [""], units)[0]
    assert (trained.rows, version.version) == (80, 1)
    assert learned.suggestion.ranked[0][0] == "POLICE"
    assert "施工" in [word for word, _weight in learned.words]


def test_the_threshold_is_found_on_the_newest_appeals_that_the_directory_agrees_on(
    housing, police, now
) -> None:
    noise, house = TopicFactory(path="噪声"), TopicFactory(path="房屋")
    for first in range(0, 200, 50):  # of the newest 80, 50 are about houses and 30 about noise
        told("半夜施工吵得睡不着", police, 50, first, topic=noise)
        told("屋顶漏水墙面开裂", housing, 50, first, topic=house)
    in_force(rule("噪声", "POLICE"), rule("房屋", "POLICE"), now=now)

    version = train_units(now=now, wanted_accuracy=0.9).version

    assert version.threshold <= 1
    assert version.validation["rows"] == 80
    assert version.validation["accuracy"] == 1
    assert version.validation["coverage"] == 30 / 80  # the directory is wrong about houses
    assert version.validation["directory"] == 1
    assert version.validation["low"] < 1


def test_nothing_goes_by_itself_where_too_few_newest_orders_prove_it(history, now) -> None:
    assert train_units(now=now).version.threshold > 1


def test_a_version_that_is_no_better_is_kept_but_not_used(history, now) -> None:
    first, second = train_units(now=now).version, train_units(now=now).version

    assert active_unit_model()[0] == first
    assert (second.version, second.is_active) == (2, False)
    assert second.comparison == {"against": 1, "rows": 0}


def test_an_older_version_can_be_put_to_use_again(history, dispatcher, now) -> None:
    first = train_units(now=now).version
    train_units(now=now, promote=True)

    assert use_unit_model(version=first, actor=dispatcher, now=now)
    assert active_unit_model()[0] == first
    assert not use_unit_model(version=first, actor=dispatcher, now=now)


def test_a_closed_order_teaches_its_last_lead_unit_and_twice_where_it_came_back(
    housing, police, now
) -> None:
    told("屋顶漏水", housing, 1)
    appeal = PastHandling.objects.get().appeal
    WorkOrderFactory(
        appeal=appeal,
        state=OrderState.CLOSED,
        close_type="resolved",
        closed_at=now,
        lead_unit=police,
        return_count=1,
    )

    units = read_units()
    handled = handled_appeals(units)

    assert [(one.unit, one.was_returned) for one in handled] == [("POLICE", True)]
    assert len(training_rows(handled, units)) == 2


def test_an_order_that_the_citizen_calls_unsolved_teaches_nothing(police, now) -> None:
    WorkOrderFactory(
        state=OrderState.CLOSED,
        close_type="final_reply",
        closed_at=now,
        lead_unit=police,
        resolved="no",
    )

    assert handled_appeals(read_units()) == []


def test_a_unit_whose_objection_was_upheld_is_not_taught_any_more(housing, dispatcher, now) -> None:
    told("屋顶漏水", housing, 1)
    order = WorkOrderFactory(appeal=PastHandling.objects.get().appeal)
    Objection.objects.create(
        order=order,
        unit=housing,
        ground="not_my_duty",
        verdict="upheld",
        raised_by=dispatcher,
        raised_at=now,
        decided_at=now,
    )

    assert handled_appeals(read_units()) == []


def test_returns_teach_the_next_model(housing, police, now) -> None:
    told("半夜施工吵得睡不着", housing, 60)  # wrongly, as it was done for years
    told("屋顶漏水墙面开裂", housing, 60)
    told("抓到小偷一名", police, 60)
    before = train_units(now=now).version
    for past in PastHandling.objects.filter(appeal__text__contains="施工"):
        WorkOrderFactory(
            appeal=past.appeal,
            state=OrderState.CLOSED,
            close_type="resolved",
            closed_at=now,
            lead_unit=police,
            return_count=1,
        )
    train_units(now=now, promote=True)

    after, model = active_unit_model()
    learned = suggest_units(model, [TopicText(text="隔壁半夜施工")], [""], read_units())[0]

    assert after.version == before.version + 1
    assert learned.suggestion.ranked[0][0] == "POLICE"


def test_two_units_are_needed_to_learn(police, now) -> None:
    told("半夜施工", police, 5)

    with pytest.raises(NotEnoughLabelsError):
        train_units(now=now)
