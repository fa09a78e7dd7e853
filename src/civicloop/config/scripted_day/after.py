"""The days after: units reply, the reviewer reads, the citizens are asked, what was late is accounted for."""

from datetime import timedelta

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.call_backs import Heard, begin_call_back, record_call_back
from civicloop.apps.dispatch.actions.dispatching import dispatch_by_hand, escalate_order
from civicloop.apps.dispatch.actions.dividing import Division, divide_order, may_divide
from civicloop.apps.dispatch.actions.extending import (
    ask_for_more_time,
    decide_extension,
    may_be_extended,
)
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order
from civicloop.apps.dispatch.actions.instructing import give_feedback, instruct
from civicloop.apps.dispatch.actions.objecting import Grounds, object_to_order
from civicloop.apps.dispatch.actions.replying import ReplyText, reply_to_order
from civicloop.apps.dispatch.actions.reviewing import fail_reply, pass_reply
from civicloop.apps.dispatch.actions.supervising import end_sheet, reply_to_sheet
from civicloop.apps.dispatch.models import (
    CallBackWay,
    FailReason,
    FeedbackStage,
    ObjectionGround,
    OrderParty,
    OrderState,
    PartyRole,
    ReplyClaim,
    Resolved,
    SheetState,
    SupervisionSheet,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.desk import kind_of
from civicloop.apps.dispatch.queries.splitting import problems_in
from civicloop.apps.intake.models import Kind
from civicloop.apps.places.models import Unit, UnitLevel
from civicloop.config.scripted_day.day import Day
from civicloop.config.sweeping import sweep

REPLY_TEXT = (
    "经现场核查，您反映的“{subject}”情况属实。我单位已安排人员于当日处理，"
    "现已办结，后续将每周巡查一次。如仍有问题，请与我单位联系。"
)
EMPTY_REPLY = "您好，您的诉求已收悉，我们会尽快处理。"
EXPLANATION = "现场已整改，施工单位出具完工说明。"


def handle(day: Day) -> None:
    """Over four days the units talk to the citizens and reply; the twelfth order is left lying."""
    for round_of_day in range(4):
        day.later(hours=22)
        for order in day.in_state(OrderState.SIGNED, OrderState.IN_PROGRESS):
            if order.pk % 4 == round_of_day and order.pk % 12:
                _reply(day, order)
        sweep(now=day.now)
    day.later(days=4)
    sweep(now=day.now)
    for order in day.in_state(OrderState.SIGNED, OrderState.IN_PROGRESS):
        _reply(day, order)
        day.counts["replied late"] += order.due_at is not None and day.now > order.due_at


def _reply(day: Day, order: WorkOrder) -> None:
    for party in order.parties.filter(is_open=True).select_related("unit").order_by("role"):
        clerk = day.staff.clerk(party.unit)
        if party.role == "lead" and party.first_contact_at is None:
            record_contact(
                order_id=order.pk,
                is_reached=True,
                note="已与诉求人电话联系",
                actor=clerk,
                now=day.later(seconds=10),
            )
        if party.replied_at is None:
            reply_to_order(
                order_id=order.pk,
                reply=_reply_text(order),
                actor=clerk,
                now=day.later(seconds=10),
            )
    day.counts["replied"] += 1


def _reply_text(order: WorkOrder) -> ReplyText:
    """A substantive reply; every ninth first one is empty, so that the reviewer has work."""
    is_empty = order.pk % 9 == 4 and not order.replies.exists()
    return ReplyText(
        text=EMPTY_REPLY if is_empty else REPLY_TEXT.format(subject=str(order.appeal)[:30]),
        claim=ReplyClaim.EXPLAINED if order.pk % 5 == 0 or is_empty else ReplyClaim.SOLVED,
        explanation="" if is_empty else EXPLANATION,
    )


def review(day: Day) -> None:
    """The reviewer sends empty replies back; the units answer anew at once."""
    reviewer = day.staff.seat(Role.REVIEWER)
    day.later(hours=2)
    for order in day.in_state(OrderState.REPLIED):
        reply = order.replies.filter(party__role="lead").last()
        if reply is not None and reply.text == EMPTY_REPLY:
            fail_reply(
                order_id=order.pk,
                reasons=[FailReason.EMPTY],
                note="没有说明办理情况",
                actor=reviewer,
                now=day.later(seconds=30),
            )
            day.counts["replies sent back"] += 1
            order.refresh_from_db()
            _reply(day, order)
        pass_reply(order_id=order.pk, actor=reviewer, now=day.later(seconds=20))
    for order in day.in_state(OrderState.REVIEWED):
        begin_call_back(order_id=order.pk, actor=None, now=day.later(seconds=2))


def call_back(day: Day) -> None:
    """Most are content, some are not and have it done again, a few are never reached."""
    caller = day.staff.seat(Role.CALLER_BACK)
    day.later(hours=20)
    for order in day.in_state(OrderState.CALL_BACK):
        is_reached, resolved, satisfaction = _what_the_citizen_says(order)
        for number in range(1 if is_reached else 3):
            heard = Heard(
                key=f"day {order.pk} {order.round} {number}",
                round=order.round,
                way=CallBackWay.PHONE,
                is_reached=is_reached,
                resolved=resolved if is_reached else None,
                satisfaction=satisfaction if is_reached else None,
            )
            record_call_back(
                order_id=order.pk, heard=heard, actor=caller, now=day.later(seconds=40)
            )
        day.counts["done again"] += is_reached and resolved == Resolved.NO
        day.counts["called back"] += 1


def _what_the_citizen_says(order: WorkOrder) -> tuple[bool, Resolved, int]:
    """One in seventeen is never reached, one in eight wants it done again, one in six is so-so."""
    if order.pk % 8 == 5 and order.round == 1:
        return True, Resolved.NO, 1
    if order.pk % 6 == 2:
        return True, Resolved.PARTLY, 3
    return order.pk % 17 != 3, Resolved.YES, 5 - order.pk % 2


def account(day: Day) -> None:
    """Units account for what was late, and the supervisor ends all sheets but every sixth."""
    supervisor = day.staff.seat(Role.SUPERVISOR)
    sheets = SupervisionSheet.objects.filter(order__in=day.orders, state=SheetState.OPEN)
    for place, sheet in enumerate(sheets.select_related("unit").order_by("pk")):
        reply_to_sheet(
            sheet_id=sheet.pk,
            text="因施工备料延误，现已办结并向诉求人说明。",
            actor=day.staff.clerk(sheet.unit),
            now=day.later(seconds=30),
        )
        if place % 6:
            end_sheet(sheet_id=sheet.pk, note="已核实", actor=supervisor, now=day.later(seconds=30))
        day.counts["supervision sheets"] += 1


def look_back(day: Day) -> None:
    ended = len(day.in_state(OrderState.CLOSED))
    day.counts["closed"] = ended
    day.counts["still open"] = len(day.orders) - ended


def leave_lying(day: Day) -> None:
    """A third is signed for, a third waits to be, one in ten is objected to; what is rarer, once each."""
    day.later(hours=1)
    for place, order in enumerate(day.in_state(OrderState.DISPATCHED)):
        assert order.lead_unit is not None  # noqa: S101  a dispatched order has one
        clerk = day.staff.clerk(order.lead_unit)
        if place % 10 == 3:
            grounds = Grounds(ground=ObjectionGround.UNCLEAR, statement="地点不清，无法核查。")
            object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=day.now)
        elif place % 3:
            sign_order(order_id=order.pk, actor=clerk, now=day.later(seconds=20))
            if place % 3 == 1:
                _reply(day, order)
    day.counts["left open"] = len(day.orders)
    _be_instructed(day)
    _ask_for_more_time(day)
    _escalate(day)
    _divide(day)


def _ask_for_more_time(day: Day) -> None:
    """Two heads of units ask for more time; the first is given it, the second waits."""
    asked = day.now + timedelta(minutes=30)
    signed = [
        one
        for one in day.in_state(OrderState.SIGNED)
        if not one.supervision_level and may_be_extended(_lead(one), now=asked)
    ]
    for place, order in enumerate(signed[:2]):
        assert order.lead_unit is not None  # noqa: S101  a signed order has one
        ask_for_more_time(
            order_id=order.pk,
            days=2,
            reason="配件到货尚需两个工作日，已向诉求人说明。",
            is_caller_told=True,
            actor=day.staff.head(order.lead_unit),
            now=day.later(minutes=5),
        )
        if place == 0:
            decide_extension(
                order_id=order.pk,
                is_granted=True,
                decision="同意，请按期办结。",
                actor=day.staff.seat(Role.DISPATCHER),
                now=day.later(minutes=5),
            )
            day.counts["given more time"] += 1


def _lead(order: WorkOrder) -> OrderParty:
    return order.parties.get(role=PartyRole.LEAD, round=order.round, is_open=True)


def _escalate(day: Day) -> None:
    """A county that was given an order pushes it around; it is taken from it and waits for a higher unit."""
    waiting = [one for one in day.in_state(OrderState.TRIAGE) if one.kind != Kind.REPORT]
    for order in waiting:
        units = Unit.objects.filter(level=UnitLevel.COUNTY, area=order.appeal.county_id)
        county = units.exclude(pk=order.respondent_unit_id or 0).first()
        if county is None:
            continue
        dispatch_by_hand(
            order_id=order.pk,
            lead=county,
            assisting=[],
            note="",
            actor=day.staff.seat(Role.DISPATCHER),
            now=day.later(minutes=1),
        )
        escalate_order(
            order_id=order.pk,
            reason="多次推诿，提级由市级部门办理。",
            actor=day.staff.seat(Role.SUPERVISOR),
            now=day.later(hours=1),
        )
        day.counts["escalated"] += 1
        return


def _divide(day: Day) -> None:
    """The first appeal on the board that tells of several problems is divided."""
    for order in day.in_state(OrderState.TRIAGE):
        problems = problems_in(order.words) if may_divide(order) else []
        problem, rest = problems[-1:], problems[:-1]
        if not rest or order.is_escalated or Kind.REPORT in map(kind_of, problems):
            continue
        division = Division(problem="".join(problem), rest="".join(rest))
        part = divide_order(
            order_id=order.pk,
            division=division,
            seen_version=order.version,
            actor=day.staff.seat(Role.DISPATCHER),
            now=day.later(minutes=5),
        )
        day.orders.append(part.pk)
        day.counts["divided"] += 1
        return


def _be_instructed(day: Day) -> None:
    """The leader takes up two orders; the unit of the first tells that it has assigned the matter."""
    leader = day.staff.seat(Role.LEADER)
    for place, order in enumerate(day.in_state(OrderState.SIGNED)[:2]):
        sheet = instruct(
            order_id=order.pk,
            text="请抓紧核查，把问题解决在群众身边，结果报我。",
            is_complex=place == 1,
            actor=leader,
            now=day.later(minutes=3),
        )
        if place == 0:
            give_feedback(
                order_id=order.pk,
                stage=FeedbackStage.DEPLOYED,
                text="已研究部署，明确一名副职牵头，今日到现场核查。",
                actor=day.staff.clerk(sheet.unit),
                now=day.later(hours=1),
            )
        day.counts["instructions"] += 1
