"""The morning at the desks: registered, merged, routed, objected to, consulted about, answered by one plan."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.batches import draft_plan, schedule_plan, send_due_plans
from civicloop.apps.dispatch.actions.closing import (
    EmergencyLine,
    answer_on_the_spot,
    transfer_order,
)
from civicloop.apps.dispatch.actions.consulting import (
    call_consultation,
    conclude_consultation,
    give_opinion,
)
from civicloop.apps.dispatch.actions.dispatching import dispatch_by_hand, pass_on, redispatch_order
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order
from civicloop.apps.dispatch.actions.merging import merge_orders
from civicloop.apps.dispatch.actions.objecting import Grounds, decide_objection, object_to_order
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.actions.public_cases import NotPublishableError, publish_case
from civicloop.apps.dispatch.actions.routing import route_waiting_orders
from civicloop.apps.dispatch.models import (
    ObjectionGround,
    OrderState,
    ReplyClaim,
    Urgency,
    WorkOrder,
)
from civicloop.apps.intake.emergencies import emergency_lines, urgency_of
from civicloop.apps.intake.models import Appeal, Kind
from civicloop.apps.issues.models import Event, EventMember
from civicloop.apps.places.models import Unit
from civicloop.config.scripted_day.day import Day

CHANNELS = 3
MOST_IN_A_PLAN = 12
FEWEST_IN_A_PLAN = 4
PUBLISHED, PUBLIC_DAYS = 4, timedelta(days=28)
PLAN_TEXT = "您反映的问题（{number}）已列入集中整治，本月底前分批完成，进展将在网上公布。"
SPOT_TEXT = "您好，该事项可在市政务服务网或就近的便民服务中心办理，所需材料已短信告知。"


def register(day: Day) -> None:
    """The operator takes the newest appeals of three channels, and four reports of a wrong, in."""
    operator = day.staff.seat(Role.OPERATOR)
    appeals = _newest_of_three_channels(day)
    units = list(Unit.objects.order_by("code")[:4])
    reports = iter(units)
    for appeal in appeals:
        urgency = urgency_of(appeal.text)  # as it would be read at the desk
        about = Circumstances(urgency=urgency)
        if appeal.kind == Kind.REPORT and (unit := next(reports, None)):
            about = Circumstances(
                urgency=urgency,
                is_sensitive=True,
                is_confidential=True,
                respondent_name=unit.name,
                respondent_unit=unit,
            )
        now = day.later(seconds=20)
        order = open_order_for(
            appeal=appeal, circumstances=about, is_registered=True, actor=operator, now=now
        )
        day.orders.append(order.pk)
        day.counts["registered"] += 1
        if appeal.kind == Kind.ENQUIRY and appeal.pk % 2:
            answer_on_the_spot(
                order_id=order.pk, text=SPOT_TEXT, article=None, actor=operator, now=now
            )
            day.counts["answered on the spot"] += 1
            continue
        if urgency == Urgency.CRITICAL and not about.is_sensitive:
            line = EmergencyLine(emergency_lines(appeal.text)[0].value)
            transfer_order(order_id=order.pk, line=line, note="", actor=operator, now=now)
            day.counts["passed to an emergency line"] += 1
            continue
        pass_on(order_id=order.pk, actor=operator, now=now)
        day.counts["reports of a wrong"] += about.is_confidential


def _newest_of_three_channels(day: Day) -> list[Appeal]:
    """The newest appeals that no order was opened for, as many from each of the busiest channels."""
    fresh = Appeal.objects.filter(orders=None, received_at__lt=day.now).select_related(
        "topic", "area", "channel"
    )
    busiest = Counter(fresh.order_by("-received_at").values_list("channel", flat=True)[:5000])
    reports = list(fresh.filter(kind=Kind.REPORT).order_by("-received_at", "-pk")[: CHANNELS + 1])
    chosen = {appeal.pk: appeal for appeal in reports}
    for channel, _count in busiest.most_common(CHANNELS):
        newest = fresh.filter(channel=channel).order_by("-received_at", "-pk")
        for appeal in newest[: day.appeals // CHANNELS]:
            chosen[appeal.pk] = appeal
    return list(chosen.values())[: day.appeals]


def publish(day: Day) -> None:
    """What most people told of lately is shown to everybody, so that others follow and need not write."""
    told = Event.objects.filter(last_at__gte=day.now - PUBLIC_DAYS, topic__isnull=False)
    busiest = (
        told.exclude(area=None).select_related("area", "topic").order_by("-people_count", "pk")
    )
    dispatcher = day.staff.seat(Role.DISPATCHER)
    for event in busiest[: 2 * PUBLISHED]:
        if day.counts["published"] == PUBLISHED or not (event.area and event.topic):
            return
        title = f"{event.area.name}{event.topic.name}"
        with suppress(NotPublishableError):  # a wrong is reported of it, or in confidence
            publish_case(
                event=event,
                title=title,
                area=event.area,
                actor=dispatcher,
                now=day.later(seconds=20),
            )
            day.counts["published"] += 1


def merge(day: Day) -> None:
    """Orders about one event become one, each citizen keeping an own."""
    waiting = {order.appeal_id: order for order in day.in_state(OrderState.TRIAGE)}
    members = EventMember.objects.filter(appeal__in=waiting).values_list("event", "appeal")
    by_event: dict[int, list[WorkOrder]] = {}
    for event, appeal in members.order_by("event", "appeal"):
        by_event.setdefault(event, []).append(waiting[appeal])
    for orders in by_event.values():
        alike = [one for one in orders if one.kind == orders[0].kind != Kind.REPORT]
        if len(alike) > 1:
            merge_orders(
                master_id=alike[0].pk,
                order_ids=[one.pk for one in alike[1:]],
                reason="same_event",
                actor=day.staff.seat(Role.DISPATCHER),
                now=day.later(seconds=30),
            )
            day.counts["merged"] += len(alike) - 1


def route(day: Day) -> None:
    """Directory and experience where they agree; the dispatcher, with their choices, elsewhere.

    Units are told of what is urgent, and talk to its citizens at once.
    """
    _route_by_itself(day)
    _respond(day)
    _dispatch(day, day.in_state(OrderState.TRIAGE))
    _respond(day)


def _respond(day: Day) -> None:
    """The urgent orders are signed for and their citizens are called, but for every fourth."""
    for order in day.in_state(OrderState.DISPATCHED):
        if order.urgency == Urgency.GENERAL or order.pk % 4 == 0:
            continue
        assert order.lead_unit is not None  # noqa: S101  a dispatched order has one
        clerk = day.staff.clerk(order.lead_unit)
        sign_order(order_id=order.pk, actor=clerk, now=day.later(seconds=30))
        record_contact(
            order_id=order.pk,
            is_reached=True,
            note="紧急事项，已立即与诉求人联系",
            actor=clerk,
            now=day.later(seconds=30),
        )
        day.counts["signed for"] += 1


def route_some(day: Day) -> None:
    """The dispatcher has come through half of the list; the rest is still on the board."""
    _route_by_itself(day)
    _dispatch(day, day.in_state(OrderState.TRIAGE)[::2])


def _route_by_itself(day: Day) -> None:
    run = route_waiting_orders(now=day.later(minutes=5))
    day.counts["dispatched automatically"] += run.outcomes["automatic"]


def _dispatch(day: Day, orders: Sequence[WorkOrder]) -> None:
    dispatcher = day.staff.seat(Role.DISPATCHER)
    for order in orders:
        lead = _choice_of_a_person(order)
        dispatch_by_hand(
            order_id=order.pk,
            lead=lead,
            assisting=[_another(lead, order)] if order.pk % 9 == 0 else [],
            note="",
            actor=dispatcher,
            now=day.later(seconds=40),
        )
        day.counts["dispatched by hand"] += 1


def _choice_of_a_person(order: WorkOrder) -> Unit:
    """The first unit suggested or, without any, the topic's; never the one complained of."""
    codes = [str(code) for code, _basis, _probability in order.routing.get("choices", [])]
    topical = order.topic.unit if order.topic else None
    units = [*Unit.objects.filter(code__in=codes[:1]), *([topical] if topical else [])]
    fitting = [unit for unit in units if unit.pk != order.respondent_unit_id]
    return fitting[0] if fitting else _another(None, order)


def _another(unit: Unit | None, order: WorkOrder) -> Unit:
    others = Unit.objects.exclude(pk__in=[unit.pk if unit else 0, order.respondent_unit_id or 0])
    found = others.filter(level="city").order_by("code")
    return found[order.pk % found.count()]


def sign_or_object(day: Day) -> None:
    """Every twentieth order is objected to, every second objection upheld; the rest is signed for."""
    dispatcher = day.staff.seat(Role.DISPATCHER)
    day.later(hours=1)
    for place, order in enumerate(day.in_state(OrderState.DISPATCHED)):
        assert order.lead_unit is not None  # noqa: S101  a dispatched order has one
        clerk = day.staff.clerk(order.lead_unit)
        if place % 20 == 7:
            grounds = Grounds(
                ground=ObjectionGround.NOT_MY_DUTY,
                statement="该事项不属于我单位职责。",
                legal_basis="部门三定方案第三条",
                suggested_unit=_another(order.lead_unit, order),
            )
            object_to_order(order_id=order.pk, grounds=grounds, actor=clerk, now=day.now)
            is_upheld = place % 40 == 7
            decide_objection(
                order_id=order.pk,
                is_upheld=is_upheld,
                decision="按职责分工另派。" if is_upheld else "按派单目录由你单位承办。",
                actor=dispatcher,
                now=day.later(seconds=30),
            )
            day.counts["objections upheld" if is_upheld else "objections rejected"] += 1
    for order in day.in_state(OrderState.TRIAGE):
        dispatch_by_hand(
            order_id=order.pk,
            lead=_another(None, order),
            assisting=[],
            note="异议成立后改派",
            actor=dispatcher,
            now=day.later(seconds=30),
        )
    _sign(day)


def _sign(day: Day) -> None:
    for order in day.in_state(OrderState.DISPATCHED):
        for party in order.parties.filter(is_open=True, signed_at=None).select_related("unit"):
            sign_order(
                order_id=order.pk, actor=day.staff.clerk(party.unit), now=day.later(seconds=5)
            )
        day.counts["signed for"] += 1


def consult(day: Day) -> None:
    """One difficult order is taken back, units are heard about it, and it is dispatched anew."""
    taken = [order for order in day.in_state(OrderState.SIGNED) if order.kind == Kind.HELP][:1]
    dispatcher = day.staff.seat(Role.DISPATCHER)
    for order in taken:
        redispatch_order(
            order_id=order.pk, reason="职责交叉，先会商", actor=dispatcher, now=day.later(minutes=1)
        )
        units = [_another(None, order), _another(_another(None, order), order)]
        call_consultation(
            order_id=order.pk,
            units=units,
            question="该事项由谁主办？",
            actor=dispatcher,
            now=day.later(minutes=1),
        )
        for place, unit in enumerate(units):
            give_opinion(
                order_id=order.pk,
                is_ours=place == 0,
                opinion="属我单位职责。" if place == 0 else "建议由主管部门办理。",
                actor=day.staff.clerk(unit),
                now=day.later(minutes=20),
            )
        conclude_consultation(
            order_id=order.pk,
            conclusion="由第一家主办。",
            actor=dispatcher,
            now=day.later(minutes=5),
        )
        dispatch_by_hand(
            order_id=order.pk,
            lead=units[0],
            assisting=[units[1]],
            note="",
            actor=dispatcher,
            now=day.later(minutes=1),
        )
        day.counts["consultations"] += 1
    _sign(day)


def answer_many(day: Day) -> None:
    """The orders of the topic that most share are ended by one plan."""
    open_orders = [
        order
        for order in day.in_state(OrderState.SIGNED)
        if order.topic_id and order.kind != Kind.REPORT
    ]
    topics = Counter(order.topic_id for order in open_orders).most_common(1)
    if not topics or topics[0][1] < FEWEST_IN_A_PLAN:
        return
    alike = [order for order in open_orders if order.topic_id == topics[0][0]][:MOST_IN_A_PLAN]
    dispatcher = day.staff.seat(Role.DISPATCHER)
    plan = draft_plan(
        title=f"集中整治：{alike[0].topic}",
        plan="由主管部门牵头，分批整治，每周通报进展。",
        answer=PLAN_TEXT,
        claim=ReplyClaim.EXPLAINED,
        orders=alike,
        actor=dispatcher,
        now=day.later(minutes=10),
    )
    schedule_plan(plan_id=plan.pk, actor=dispatcher, now=day.now)
    day.counts["answered by one plan"] += send_due_plans(now=day.later(minutes=1))
