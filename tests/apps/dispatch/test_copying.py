"""The county learns what a township or village of it has to handle."""

import pytest
from tests.factories import AppealFactory, AreaFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.accusing import Respondent, name_respondent
from civicloop.apps.dispatch.actions.dispatching import redispatch_order
from civicloop.apps.dispatch.models import OrderCopy
from civicloop.apps.dispatch.queries.inbox import beside_inbox
from civicloop.apps.dispatch.queries.offers import steps_offered
from civicloop.apps.dispatch.queries.order_page import order_details
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.intake.models import Kind
from civicloop.apps.notices.models import Notice
from civicloop.apps.places.models import AreaLevel, UnitLevel

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county_area(db):
    return AreaFactory(code="990102000000", name="云州区", level=AreaLevel.COUNTY)


@pytest.fixture
def government(county_area):
    UnitFactory(name="云州区住建局", level=UnitLevel.COUNTY, area=county_area)
    return UnitFactory(name="云州区政府", level=UnitLevel.COUNTY, area=county_area)


@pytest.fixture
def township_area(county_area):
    return AreaFactory(
        code="990102101000", name="西坪镇", level=AreaLevel.TOWNSHIP, parent=county_area
    )


@pytest.fixture
def township(township_area):
    return UnitFactory(name="西坪镇人民政府", level=UnitLevel.TOWNSHIP, area=township_area)


@pytest.fixture
def official(government):
    return UserFactory(role=Role.UNIT_CLERK, unit=government)


def test_the_county_sees_and_is_told_what_its_township_handles_and_takes_no_step(
    make_dispatched, township, official, now
) -> None:
    order = make_dispatched(lead=township)

    assert OrderCopy.objects.get().unit == official.unit
    assert Notice.objects.get(user=official).kind == "order_copied"
    assert orders_visible_to(official).filter(pk=order.pk).exists()
    assert [one for one, _title in beside_inbox(official).copied] == [order]
    shown = order_details(order, official, now=now)
    assert (shown.is_only_asked, [copy.unit for copy in shown.copies]) == (False, [official.unit])
    assert shown.clocks
    assert steps_offered(shown, official, now=now) == []


def test_a_villages_county_is_found_above_its_township(
    make_dispatched, township_area, official
) -> None:
    village = AreaFactory(
        code="990102101201", name="下榆涧村", level=AreaLevel.VILLAGE, parent=township_area
    )
    committee = UnitFactory(name="村民委员会", level=UnitLevel.VILLAGE, area=village)

    order = make_dispatched(lead=committee)

    assert [one for one, _title in beside_inbox(official).copied] == [order]


def test_what_a_department_handles_is_copied_to_nobody(
    make_dispatched, government, housing
) -> None:
    make_dispatched(lead=housing)

    assert not OrderCopy.objects.exists()


@pytest.mark.parametrize(
    "secret",
    [{"kind": Kind.REPORT}, {"is_sensitive": True}, {"is_confidential": True}],
)
def test_what_is_secret_goes_no_further_than_it_must(
    make_dispatched, township, government, secret
) -> None:
    make_dispatched(lead=township, **secret)

    assert not OrderCopy.objects.exists()


def test_a_county_that_assists_or_is_complained_of_gets_no_copy(
    make_dispatched, township, government
) -> None:
    make_dispatched(lead=township, assisting=(government,))
    make_dispatched(lead=township, respondent_unit=government)

    assert not OrderCopy.objects.exists()


def test_a_county_without_one_government_is_passed_over(
    make_dispatched, township, county_area
) -> None:
    make_dispatched(lead=township)
    for name in ("云州区政府", "云州区人民政府"):
        UnitFactory(name=name, level=UnitLevel.COUNTY, area=county_area)
    make_dispatched(lead=township)

    assert not OrderCopy.objects.exists()


def test_taken_from_the_township_the_order_is_no_longer_the_countys_to_see(
    make_dispatched, township, official, dispatcher, now
) -> None:
    order = make_dispatched(lead=township)

    redispatch_order(order_id=order.pk, reason="应由部门办理", actor=dispatcher, now=now)

    assert not orders_visible_to(official).exists()
    assert beside_inbox(official).copied == []


def test_that_it_is_about_the_county_takes_its_sight_of_the_order(
    make_dispatched, township, official, dispatcher, now
) -> None:
    order = make_dispatched(lead=township, appeal=AppealFactory())

    name_respondent(
        order_id=order.pk, respondent=Respondent(unit=official.unit), reason="来电",
        actor=dispatcher, now=now,
    )  # fmt: skip

    assert not orders_visible_to(official).exists()
    assert beside_inbox(official).copied == []
