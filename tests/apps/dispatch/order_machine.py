"""Anybody tries anything on a few orders, in any order; what must always hold is checked after each try.

The edges a state may take are written down here a second time, by hand from the field's own
diagram, so that a slip in the table of moves is seen.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.factories import AppealFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import OF_A_UNIT, Role
from civicloop.apps.dispatch.actions.accusing import Respondent, name_respondent
from civicloop.apps.dispatch.actions.call_backs import Heard, begin_call_back, record_call_back
from civicloop.apps.dispatch.actions.dispatching import (
    dispatch_order,
    redispatch_order,
    reopen_order,
)
from civicloop.apps.dispatch.actions.merging import merge_orders, part_order
from civicloop.apps.dispatch.actions.moving import (
    StaleOrderError,
    Step,
    StepRefusedError,
    move_order,
)
from civicloop.apps.dispatch.actions.opening import Circumstances, open_order_for
from civicloop.apps.dispatch.actions.parties import release_parties
from civicloop.apps.dispatch.models import (
    ENDED,
    CallBackWay,
    CloseType,
    DispatchBasis,
    OrderParty,
    OrderState,
    OrderStep,
    Resolved,
    WorkOrder,
)
from civicloop.apps.intake.models import Kind

EDGES = """
received: registered incomplete closed merged
incomplete: registered closed merged
registered: triage incomplete closed merged
triage: consultation dispatched incomplete closed merged reviewed
consultation: triage merged closed reviewed
dispatched: signed objected triage merged closed reviewed
objected: triage dispatched closed
signed: in_progress objected suspended triage merged closed reviewed
in_progress: replied suspended triage merged closed reviewed
suspended: in_progress triage closed
replied: reviewed in_progress triage closed
reviewed: call_back triage closed
call_back: closed in_progress triage
merged: triage closed
closed: triage archived
archived:
"""
ALLOWED = {
    (line.split(":")[0], target)
    for line in EDGES.strip().splitlines()
    for target in line.split(":")[1].split()
}
NAMES = st.sampled_from(
    [
        "register",
        "ask_for_more",
        "pass_on",
        "answer",
        "refuse",
        "transfer",
        "consult",
        "conclude",
        "object",
        "uphold_objection",
        "reject_objection",
        "withdraw_objection",
        "sign",
        "begin",
        "suspend",
        "resume",
        "reply",
        "pass_review",
        "fail_review",
        "call_back",
        "close",
        "close_unasked",
        "reply_finally",
        "withdraw",
        "archive",
    ]
)
ENDS = {
    "answer": CloseType.ANSWERED,
    "refuse": CloseType.NOT_ACCEPTED,
    "transfer": CloseType.TRANSFERRED,
    "close": CloseType.EXPLAINED,
    "close_unasked": CloseType.NOT_SAMPLED,
    "reply_finally": CloseType.FINAL_REPLY,
    "withdraw": CloseType.WITHDRAWN,
}
ORDER = st.integers(0, 3)
ACTOR = st.integers(0, 5)
REFUSALS = (StepRefusedError, StaleOrderError)


class OrderMachine(RuleBasedStateMachine):
    """Four orders, three units, six people; `tried` and `taken` count what was done in all."""

    tried = taken = 0

    @initialize(
        kinds=st.lists(st.sampled_from([Kind.COMPLAINT, Kind.REPORT]), min_size=4, max_size=4)
    )
    def open_orders(self, kinds):
        self.now = datetime(2023, 11, 14, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.units = [UnitFactory() for _ in range(3)]
        roles = [Role.DISPATCHER, Role.OPERATOR, Role.UNIT_CLERK, Role.UNIT_HEAD]
        self.people = [
            UserFactory(role=role, unit=self.units[0] if role in OF_A_UNIT else None)
            for role in [*roles, Role.CALLER_BACK, Role.GUEST]
        ]
        about = Circumstances(respondent_unit=self.units[2])
        self.orders = [
            open_order_for(
                appeal=AppealFactory(kind=kind, caller_key=f"c{number}"),
                circumstances=about if number == 3 else None,
                is_registered=number % 2 == 0,
                actor=self.people[0],
                now=self.now,
            ).pk
            for number, kind in enumerate(kinds)
        ]
        self.keys = 0

    def attempt(self, change, *args, **kwargs):
        self.now += timedelta(minutes=1)
        type(self).tried += 1
        try:
            change(*args, now=self.now, **kwargs)
        except REFUSALS:
            return
        type(self).taken += 1

    @rule(
        order=ORDER,
        actor=ACTOR,
        name=NAMES,
        stale=st.booleans(),
        reason=st.sampled_from(["", "why"]),
    )
    def take_any_step(self, order, actor, name, stale, reason):
        seen = WorkOrder.objects.get(pk=self.orders[order]).version - stale

        def give_up_parties(locked):
            if name == "uphold_objection":
                release_parties(locked, now=self.now)

        def take(*, now):
            step = Step(
                name=name,
                actor=self.people[actor],
                now=now,
                seen_version=seen,
                reason=reason,
                close_type=ENDS.get(name),
            )
            move_order(order_id=self.orders[order], step=step, effect=give_up_parties)

        self.attempt(take)

    @rule(order=ORDER, lead=st.integers(0, 2), assist=st.integers(0, 2), actor=ACTOR)
    def dispatch(self, order, lead, assist, actor):
        self.attempt(
            dispatch_order,
            order_id=self.orders[order],
            lead=self.units[lead],
            assisting=[self.units[assist]],
            basis=DispatchBasis.PERSON,
            routing={},
            actor=self.people[actor],
        )

    @rule(order=ORDER, actor=ACTOR)
    def redispatch(self, order, actor):
        self.attempt(
            redispatch_order, order_id=self.orders[order], reason="why", actor=self.people[actor]
        )

    @rule(order=ORDER, actor=ACTOR)
    def reopen(self, order, actor):
        self.attempt(
            reopen_order, order_id=self.orders[order], new_fact="why", actor=self.people[actor]
        )

    @rule(master=ORDER, other=ORDER, actor=ACTOR)
    def merge(self, master, other, actor):
        self.attempt(
            merge_orders,
            master_id=self.orders[master],
            order_ids=[self.orders[other]],
            reason="same",
            actor=self.people[actor],
        )

    @rule(order=ORDER, actor=ACTOR)
    def part(self, order, actor):
        self.attempt(
            part_order, order_id=self.orders[order], reason="why", actor=self.people[actor]
        )

    @rule(order=ORDER, unit=st.sampled_from([None, 0, 1, 2]), actor=ACTOR)
    def name_respondent(self, order, unit, actor):
        self.attempt(
            name_respondent,
            order_id=self.orders[order],
            respondent=Respondent(unit=None if unit is None else self.units[unit]),
            reason="why",
            actor=self.people[actor],
        )

    @rule(order=ORDER)
    def begin_asking(self, order):
        self.attempt(begin_call_back, order_id=self.orders[order], actor=None)

    @rule(
        order=ORDER,
        is_reached=st.booleans(),
        satisfaction=st.integers(1, 5),
        resolved=st.sampled_from(Resolved),
        round_asked=st.integers(1, 3),
        is_again=st.booleans(),
    )
    def hear(self, order, is_reached, satisfaction, resolved, round_asked, is_again):
        self.keys += not is_again
        heard = Heard(
            key=f"{self.orders[order]}-{self.keys}",
            round=round_asked,
            way=CallBackWay.WEB,
            is_reached=is_reached,
            resolved=resolved if is_reached else None,
            satisfaction=satisfaction if is_reached else None,
        )
        self.attempt(record_call_back, order_id=self.orders[order], heard=heard, actor=None)

    @invariant()
    def history_is_whole_and_every_step_an_allowed_one(self):
        columns = ("version", "from_state", "to_state")
        steps = by_order(OrderStep.objects.order_by("version"), self.orders, columns)
        for number, state, version in self.states():
            known = steps[number]
            assert [step[0] for step in known] == list(range(1, version + 1))
            assert known[-1][2] == state
            for (_, _, before), (_, start, end) in pairwise(known):
                assert start == before
                assert start == end or (start, end) in ALLOWED, (start, end)

    @invariant()
    def an_order_is_with_its_units_and_never_with_the_one_complained_of(self):
        at_units = {OrderState.DISPATCHED, OrderState.SIGNED, OrderState.IN_PROGRESS}
        parties = by_order(OrderParty.objects.filter(is_open=True), self.orders, ("unit_id",))
        columns = ("respondent_unit_id", "lead_unit_id", "master_id")
        for number, state, _, respondent, lead, master in self.states(*columns):
            open_units = {unit for (unit,) in parties[number]}
            assert respondent not in open_units or not open_units
            assert respondent is None or respondent != lead
            if state in at_units | {OrderState.OBJECTED, OrderState.SUSPENDED}:
                assert lead in open_units
            if state in {OrderState.TRIAGE, OrderState.MERGED, *ENDED}:
                assert not open_units
            assert (state == OrderState.MERGED) <= (master is not None)

    def states(self, *columns):
        """Number, state, version and these columns of each order."""
        orders = WorkOrder.objects.filter(pk__in=self.orders)
        return orders.values_list("pk", "state", "version", *columns)


def by_order(rows, orders, columns):
    """These columns of the rows of each order: one statement, for it is asked after every try."""
    found = defaultdict(list)
    for number, *row in rows.filter(order__in=orders).values_list("order_id", *columns):
        found[number].append(tuple(row))
    return found
