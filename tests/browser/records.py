"""One record of everything that has a page, in the small city that the browser looks at."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from PIL import Image
from tests.apps.air.kept import keep_some_air
from tests.apps.dispatch.directories import draft, rule
from tests.apps.indicators.stating import one_figure, one_tree
from tests.factories import (
    AppealFactory,
    ChannelFactory,
    UnitFactory,
    UserFactory,
    WorkOrderFactory,
    published_article,
)

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.cases.actions.mediation import (
    agree,
    begin_mediation,
    found_committee,
    propose_mediation,
)
from civicloop.apps.cases.actions.meetings import (
    call_meeting,
    decide,
    hold_meeting,
    put_on_agenda,
)
from civicloop.apps.cases.actions.petitions import accept_stage, register_petition
from civicloop.apps.cases.actions.receptions import plan_reception, swap_reception
from civicloop.apps.cases.models import Agreement, CommitteeKind, PetitionCategory, StageLevel
from civicloop.apps.dispatch.actions.batches import draft_plan, schedule_plan
from civicloop.apps.dispatch.actions.board import outlook, plan_dispatch
from civicloop.apps.dispatch.actions.desk import park_call
from civicloop.apps.dispatch.actions.dispatching import dispatch_order
from civicloop.apps.dispatch.actions.evidence import add_evidence, read_evidence
from civicloop.apps.dispatch.actions.handling import record_contact, sign_order
from civicloop.apps.dispatch.actions.instructing import give_feedback, instruct
from civicloop.apps.dispatch.actions.supervising import issue_sheet
from civicloop.apps.dispatch.models import (
    BatchItem,
    DispatchBasis,
    FeedbackStage,
    OrderParty,
    OrderState,
    PartyRole,
    PublicCase,
    ReplyClaim,
    WorkOrder,
)
from civicloop.apps.dispatch.queries.board import UnitChoice
from civicloop.apps.intake.actions.nuisance import decide_mark, propose_mark
from civicloop.apps.intake.actions.photos import keep_photos, read_photos
from civicloop.apps.intake.actions.revealing import ask_look
from civicloop.apps.intake.contacts import keep_contact
from civicloop.apps.intake.models import Appeal, ImportRun, ImportState, NuisanceReason
from civicloop.apps.issues.models import (
    Alarm,
    AlarmCheck,
    AlarmKind,
    ClassNeighbour,
    Event,
    EventClass,
    EventClassMember,
)
from civicloop.apps.places.models import Area, Unit
from civicloop.apps.vault.identities import ContactDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The parts of each page's address, and who handles the orders."""

    parts: Mapping[str, Mapping[str, object]]  # by the name of the page
    unit: Unit
    seen: Mapping[str, int]  # numbers for the addresses that a name and its parts do not say


def make_records(city: Event, staff: User) -> Records:
    """Fill the city; `staff` is a dispatcher, whose plans and parked calls they are."""
    unit = UnitFactory(name="青禾县住房和城乡建设局")
    orders = _late_orders(city, unit)
    supervisor = UserFactory(role=Role.SUPERVISOR)
    supervised = _supervise(orders, supervisor)
    _instruct(supervised)
    plan = _plan(orders, staff, "管网更换方案")
    waiting = _plan(orders, staff, "等待发出的方案")
    schedule_plan(plan_id=waiting, actor=staff, now=timezone.now() + timedelta(hours=1))
    begun = _begun_order(city, unit, staff)
    event, plan_ = {"event_id": city.pk}, {"plan_id": plan}
    parts: dict[str, Mapping[str, object]] = {
        **_parts_of_cases(orders[0], supervisor),
        **_parts_of_rules_and_articles(),
        **dict.fromkeys(["issues:event", "issues:merge", "citizen:publish"], event),
        "dispatch:merge_orders": event,
        "issues:event_class": {"class_id": _some_class(city).pk},
        "issues:alarm": {"alarm_id": alarm_of(city)},
        "air:air_day": {"day_id": (air_day := keep_some_air()).pk},
        "air:air_period": {"period_id": air_day.city.periods.latest("pk").pk},
        "indicators:indicator": {"indicator": (shown := one_figure(timezone.now())).code},
        "indicators:indicator_figure": {"figure_id": shown.pk},
        "indicators:goal_step": {"code": one_tree(timezone.now()).code, "step": "add"},
        "intake:appeal": {"appeal_id": begun.appeal_id},
        "looks:look": {"look_id": _looks(begun.appeal, staff)},
        "desk:propose_mark": {"appeal_id": _marks(begun.appeal)},
        "intake:import_run": {"run_id": _import_run()},
        "dispatch:plan": plan_,
        "dispatch:own_answer": plan_ | {"item_id": _first_item(plan)},
        "dispatch:order": {"order_id": begun.pk},
        "dispatch:split": {"order_id": WorkOrderFactory(appeal=AppealFactory()).pk},
        "dispatch:divide": {"order_id": WorkOrderFactory(appeal=AppealFactory()).pk},
        "dispatch:figure": {"code": "on_time"},
        "knowledge:knowledge_report_rows": {"figure": "stale", "part": "whole"},
        "dispatch:figure_orders": {"code": "on_time", "part": "whole"},
        "board:plan": {"plan_id": _sent_together(city, unit, staff)},
        "people:account": {
            "user_id": UserFactory(username="wang", unit=unit, role="unit_clerk").pk
        },
    }
    _at_the_desk(city, staff)
    other = Event.objects.exclude(pk=city.pk).get()
    seen = {
        "event": city.pk, "other": other.pk, "order": supervised.pk, "waiting": waiting,
        "begun": begun.pk,
    }  # fmt: skip
    return Records(parts=parts, unit=unit, seen=seen)


def _looks(appeal: Appeal, staff: User) -> int:
    """A contact that is open, and one that somebody waits for; gives the number of the open one."""
    now = timezone.now()
    details = ContactDetails(name="王某某", phone="13800138000", address="云溪区云溪路十二号")
    other = AppealFactory(is_confidential=True)
    for each in (appeal, other):
        keep_contact(appeal=each, details=details, now=now)
    ask_look(appeal=other, reason="办理单位要求核实地点", actor=staff, now=now)
    return ask_look(appeal=appeal, reason="回访", actor=staff, now=now).pk


def _marks(appeal: Appeal) -> int:
    """A mark that holds and one that waits for a second person; gives the appeal of neither."""
    others = [AppealFactory(caller_key=f"marked {number}") for number in range(2)]
    said = {"reason": NuisanceReason.ABUSE, "statement": "辱骂话务员十分钟。"}
    operator, now = UserFactory(role=Role.OPERATOR), timezone.now()
    marks = [propose_mark(appeal=each, actor=operator, now=now, **said) for each in others]
    decide_mark(
        mark_id=marks[0].pk, days=30, note="录音属实", actor=UserFactory(role=Role.SUPERVISOR), now=now
    )  # fmt: skip
    return appeal.pk


def _late_orders(city: Event, unit: Unit) -> list[WorkOrder]:
    """Late orders about the event's appeals but the last, which is still being dispatched."""
    members = [member.appeal for member in city.members.order_by("appeal_id")]
    orders = [
        WorkOrderFactory(
            appeal=appeal,
            state=OrderState.DISPATCHED,
            lead_unit=unit,
            opened_at=timezone.now(),
            return_count=place,
            due_at=timezone.now() - timedelta(days=place, hours=1),
        )
        for place, appeal in enumerate(members)
    ]
    OrderParty.objects.bulk_create(
        OrderParty(order=order, unit=unit, role=PartyRole.LEAD, assigned_at=order.opened_at)
        for order in orders
    )
    return orders


def _others(city: Event) -> list[Appeal]:
    """Appeals of no event, for orders of their own."""
    return list(Appeal.objects.filter(event_member=None).order_by("pk")[:4])


def _begun_order(city: Event, unit: Unit, staff: User) -> WorkOrder:
    """An order that the unit is handling, with a photograph of the citizen's and one of the unit's."""
    clerk, now = UserFactory(role=Role.UNIT_CLERK, unit=unit), timezone.now()
    order = dispatch_order(
        order_id=WorkOrderFactory(appeal=_others(city)[0]).pk,
        lead=unit,
        assisting=[UnitFactory(name="城管局")],
        basis=DispatchBasis.PERSON,
        routing={},
        actor=staff,
        now=now,
    )
    keep_photos(appeal=order.appeal, pictures=read_photos([_picture()]), now=now)
    sign_order(order_id=order.pk, actor=clerk, now=now)
    add_evidence(
        order_id=order.pk, kept=read_evidence(_picture()), name="现场.jpg", actor=clerk, now=now
    )
    return record_contact(order_id=order.pk, is_reached=True, note="", actor=clerk, now=now)


def _picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG")
    file.seek(0)
    return file


def _sent_together(city: Event, unit: Unit, staff: User) -> int:
    """A plan of the board; another order still waits on it."""
    going, _waiting = (WorkOrderFactory(appeal=appeal) for appeal in _others(city)[1:3])
    choice = UnitChoice(
        code=unit.code, name=unit.name, basis="directory", probability=None, assisting=()
    )
    outlooks = [outlook(going, [choice], 0, staff)]
    return plan_dispatch(outlooks=outlooks, actor=staff, now=timezone.now()).pk


def _at_the_desk(city: Event, staff: User) -> None:
    """A call laid aside, a channel to choose, a case that the public sees."""
    ChannelFactory()
    answers = {"text": "路灯不亮", "name": "欧阳某", "phone": "13800138000"}
    park_call(answers=answers, actor=staff, now=timezone.now())
    PublicCase.objects.create(
        event=city,
        title="青禾苑烧烤店油烟扰民",
        area=city.area,
        published_by=staff,
        published_at=timezone.now(),
    )


def _parts_of_rules_and_articles() -> dict[str, Mapping[str, object]]:
    directory = draft(rule("油烟噪声", "GONE"), rule("油烟噪声", "GONE"), now=timezone.now())
    version = {"number": directory.number}
    article = published_article(questions="暖气不热找谁", steps="放气\n报修", audience="public")
    names = ["knowledge:article", "knowledge:edit_article", "knowledge:help_article"]
    return {
        "directory:directory_version": version,
        "directory:new_directory_rule": version,
        "directory:directory_rule": version | {"rule_number": 1},
        **{name: {"article_id": article.pk} for name in names},
    }


def _import_run() -> int:
    return ImportRun.objects.create(
        source="test",
        file_name="大表.xlsx",
        file_sha256="0" * 64,
        on_error="skip",
        state=ImportState.DONE,
        created_at=timezone.now(),
        new_count=3,
        rejected_count=1,
    ).pk


def alarm_of(city: Event) -> int:
    """An alarm about the event, of today."""
    today = timezone.localdate()
    AlarmCheck.objects.create(
        first_day=today - timedelta(days=30), day=today, computed_at=timezone.now(), per_week=2,
        series_count=9, appeal_count=55,
    )  # fmt: skip
    curve = {
        "first_day": str(today - timedelta(days=2)), "people": [0, 1, 4],
        "expected": [0.2, 0.2, 0.3], "upper": [1, 1, 2],
    }  # fmt: skip
    return Alarm.objects.create(
        key="event", kind=AlarmKind.EVENT, event=city, area=city.area, title=city.title, day=today,
        window_days=1, people_count=4, appeal_count=4, expected=0.3, chance=1e-6, bound=1e-4,
        last_day=today, peak_day=today, curve=curve,
    ).pk  # fmt: skip


def _first_item(plan: int) -> int:
    return BatchItem.objects.filter(plan=plan).order_by("pk")[0].pk


def _supervise(orders: list[WorkOrder], staff: User) -> WorkOrder:
    for level, order in enumerate(orders, start=1):
        issue_sheet(
            order_id=order.pk,
            level=level,
            cause="by_hand",
            reason="群众多次反映仍未解决。",
            unit=order.lead_unit,
            actor=staff,
            now=timezone.now(),
        )
        order.refresh_from_db()
    return orders[0]


def _instruct(order: WorkOrder) -> None:
    """A leader takes the order up, and its unit tells that the matter is assigned."""
    leader, now = UserFactory(role=Role.LEADER, last_name="陈", first_name="市长"), timezone.now()
    sheet = instruct(
        order_id=order.pk, text="一周内解决，结果报我。", is_complex=False, actor=leader, now=now
    )
    give_feedback(
        order_id=order.pk, stage=FeedbackStage.DEPLOYED, text="已派工程科牵头。",
        actor=UserFactory(role=Role.UNIT_CLERK, unit=sheet.unit), now=now,
    )  # fmt: skip
    order.refresh_from_db()


def _plan(orders: list[WorkOrder], staff: User, title: str) -> int:
    return draft_plan(
        title=title,
        plan="分三批更换老旧管网。",
        answer="您的{number}号诉求“{subject}”已纳入更换计划。",
        claim=ReplyClaim.EXPLAINED,
        orders=orders,
        actor=staff,
        now=timezone.now(),
    ).pk


def _parts_of_cases(order: WorkOrder, staff: User) -> dict[str, Mapping[str, object]]:
    now, today, area = timezone.now(), timezone.localdate(), Area.objects.get()
    by = {"actor": staff, "now": now}
    units = [order.lead_unit, UnitFactory(name="青禾县公安局")]
    meeting = call_meeting(
        title="油烟扰民联席会议", area=area, day=today - timedelta(days=9), convener="王副县长",
        units=units, **by,
    )  # fmt: skip
    put_on_agenda(meeting_id=meeting.pk, question="夜间油烟由谁查处？", order=order, **by)
    hold_meeting(meeting_id=meeting.pk, minutes="住建局牵头。", present=units[:1], **by)
    decide(
        meeting_id=meeting.pk,
        text="住建局十日内完成联合执法",
        owner=units[0],
        due_day=today - timedelta(days=1),
        **by,
    )
    leaders = [
        UserFactory(role=Role.LEADER, last_name="王", first_name="副县长"),
        UserFactory(role=Role.LEADER),
    ]
    reception = plan_reception(leader=leaders[0], area=area, day=today, place="信访大厅", **by)
    swap_reception(reception_id=reception.pk, to_leader=leaders[1], reason="出差", **by)
    committee = found_committee(
        name="消费纠纷调解委员会", kind=CommitteeKind.CONSUMER, area=area, member_count=5,
        elected_on=today, **by,
    )  # fmt: skip
    case = propose_mediation(
        committee=committee, subject="退款纠纷", mediator=staff, order=order, **by
    )
    begin_mediation(case_id=case.pk, **by)
    agree(case_id=case.pk, agreement=Agreement.WRITTEN, text="退款三百元。", **by)
    petition = register_petition(
        subject="征地补偿标准", category=PetitionCategory.CLAIM, order=order, **by
    )
    accept_stage(petition_id=petition.pk, level=StageLevel.HANDLING, organ=units[1], **by)
    made = {"meeting": meeting, "reception": reception, "mediation": case, "petition": petition}
    parts = {f"cases:{kind}": {"case_id": each.pk} for kind, each in made.items()}
    return parts | {"cases:case_figure_rows": {"code": "decision_done", "part": "whole"}}


def _some_class(event: Event) -> EventClass:
    """A class of two events, one of them on its edge beside another class."""
    other = Event.objects.exclude(pk=event.pk).get()
    found, beside = (
        EventClass.objects.create(
            title="油烟", terms=["油烟"], event_count=1, people_count=4, first_at=event.first_at,
            last_at=event.last_at, respondent="shop", respondent_share=1,
        )
        for _ in range(2)
    )  # fmt: skip
    for member, event_class in [(event, found), (other, beside)]:
        EventClassMember.objects.create(event=member, event_class=event_class, closeness=0.4)
    for neighbour, event_class in [(other, found), (event, beside)]:
        ClassNeighbour.objects.create(
            event=neighbour,
            event_class=event_class,
            closeness=0.2,
            shared=["油烟"],
            lacking=["烧烤"],
            own=["停水"],
        )
    return found
