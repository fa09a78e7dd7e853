import pytest
from tests.factories import AppealFactory, WorkOrderFactory

from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.moving import StaleOrderError, StepRefusedError
from civicloop.apps.dispatch.actions.splitting import Cut, split_off_complaint
from civicloop.apps.dispatch.models import DispatchBasis, OrderState, WorkOrder
from civicloop.apps.dispatch.queries.splitting import complaint_in, holds_both
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.intake.contacts import keep_contact, open_contact
from civicloop.apps.intake.models import Kind, SplitOff
from civicloop.apps.vault.identities import ContactDetails

pytestmark = pytest.mark.django_db

COMPLAINT = "小区垃圾一直没人清运，臭气熏天。"
REPORT = "另外实名举报住建局工作人员收受贿赂，请严查。"
DETAILS = ContactDetails(name="王某某", phone="13800138000")


@pytest.fixture
def order(now):
    appeal = AppealFactory(text=COMPLAINT + REPORT, kind=Kind.COMPLAINT)
    keep_contact(appeal=appeal, details=DETAILS, now=now)
    return WorkOrderFactory(appeal=appeal)


@pytest.fixture
def split(order, housing, dispatcher, now):
    def split(words=COMPLAINT, **change):
        cut = Cut(complaint=words, accused=housing)
        return split_off_complaint(
            order_id=order.pk, cut=cut, seen_version=order.version, actor=dispatcher, now=now
        )

    return split


def test_the_sentences_that_report_nothing_are_proposed():
    assert complaint_in(COMPLAINT + REPORT) == COMPLAINT
    assert holds_both(COMPLAINT + REPORT)
    assert not holds_both(COMPLAINT)
    assert not holds_both(REPORT)


@pytest.mark.parametrize(
    ("complaint", "accusing"),
    [
        (
            "1、菜市场污水横流无人清理；",
            "2、市场管理办主任张某吃拿卡要，摊位费私下加收两百元不开票。",
        ),
        (
            "孩子学校强制订购校服，质量差掉色。",
            "校长和供货商是亲兄弟，每套抽四十块回扣，有转账截图。",
        ),
        (
            "低保申请被退回来了，说材料不齐，跑了五趟。",
            "窗口那个姓周的暗示我送两条烟就能办，我没送。",
        ),
        ("投诉快递丢件不赔。", "还有贵局执法人员开公车接送孩子上学，车牌号我拍下了。"),
    ],
)
def test_what_accuses_somebody_in_office_is_no_part_of_the_complaint(complaint, accusing, split):
    assert complaint_in(complaint + accusing) == complaint
    assert holds_both(complaint + accusing)
    with pytest.raises(StepRefusedError):
        split(accusing)


def test_the_complaint_becomes_an_order_that_tells_nothing_of_the_report(split, order):
    part = split()

    assert part.appeal.text == COMPLAINT
    assert (part.kind, part.is_sensitive, part.state) == (
        Kind.COMPLAINT, False, OrderState.TRIAGE,
    )  # fmt: skip
    assert part.respondent_unit is None
    told = [*part.steps.values_list("name", "reason", "note", "details")]
    assert order.number not in str(told)
    assert str(order.appeal_id) not in {str(value) for value in part.steps.values_list("details")}


def test_complaints_that_were_merged_into_it_go_with_the_complaint(split, order, dispatcher, now):
    merged = WorkOrderFactory(kind=Kind.COMPLAINT)
    merge_orders(
        master_id=order.pk, order_ids=[merged.pk], reason="同一事项", actor=dispatcher, now=now
    )
    order.refresh_from_db()

    part = split()

    order.refresh_from_db()
    merged.refresh_from_db()
    assert order.kind == Kind.REPORT
    assert not order.merged_orders.exists()
    assert (merged.master, merged.state) == (part, OrderState.MERGED)


def test_the_report_keeps_the_whole_message_and_is_sensitive(split, order, housing):
    split()

    order.refresh_from_db()
    assert order.appeal.text == COMPLAINT + REPORT
    assert (order.kind, order.appeal.kind, order.is_sensitive) == (Kind.REPORT, Kind.REPORT, True)
    assert order.respondent_unit == housing


def test_the_accused_unit_gets_the_complaint_and_never_the_report(
    split, order, housing, clerk, dispatcher, now
):
    part = split()

    def dispatch(pk):
        return dispatch_order(
            order_id=pk, lead=housing, assisting=(), basis=DispatchBasis.PERSON, routing={},
            actor=dispatcher, now=now,
        )  # fmt: skip

    dispatch(part.pk)
    with pytest.raises(StepRefusedError):
        dispatch(order.pk)

    assert list(orders_visible_to(clerk)) == [WorkOrder.objects.get(pk=part.pk)]


def test_both_parts_reach_the_same_citizen(split):
    part = split()

    assert open_contact(part.appeal.contact) == DETAILS
    assert part.appeal.contact.ref != SplitOff.objects.get().origin.contact.ref


def test_words_that_still_report_are_refused(split, order):
    with pytest.raises(StepRefusedError):
        split(COMPLAINT + REPORT)
    with pytest.raises(StepRefusedError):
        split("  ")

    assert WorkOrder.objects.count() == 1


def test_what_a_unit_has_read_is_not_cut(split, order, police, dispatcher, now):
    dispatched = dispatch_order(
        order_id=order.pk, lead=police, assisting=(), basis=DispatchBasis.PERSON, routing={},
        actor=dispatcher, now=now,
    )  # fmt: skip
    order.version = dispatched.version

    with pytest.raises(StepRefusedError):
        split()


def test_who_looked_at_an_older_order_cuts_nothing(split, order):
    order.version -= 1

    with pytest.raises(StaleOrderError):
        split()
