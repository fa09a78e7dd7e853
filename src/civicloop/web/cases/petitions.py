"""Petitions on their page: three levels with their opinions, recusal, the leader who follows one."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from civicloop.apps.accounts.models import OF_A_UNIT, Role, User
from civicloop.apps.accounts.policy import Action, may
from civicloop.apps.cases.actions.handing_over import (
    decide_on_objection,
    hand_over,
    hand_over_in_force,
    object_to_petition,
)
from civicloop.apps.cases.actions.petition_rating import note_rating
from civicloop.apps.cases.actions.petition_time import (
    clock_of,
    extend_stage,
    pause_stage,
    resume_stage,
)
from civicloop.apps.cases.actions.petitions import (
    LEVELS,
    accept_stage,
    give_opinion,
    give_to_leader,
    recuse,
    register_petition,
)
from civicloop.apps.cases.models import (
    PetitionCase,
    PetitionCategory,
    PetitionStage,
    PetitionVerdict,
)
from civicloop.apps.cases.models.petitions import MOST_REPRESENTATIVES
from civicloop.apps.cases.queries import clocks_of
from civicloop.apps.cases.timing import PETITION, STAGE
from civicloop.apps.cases.visibility import petitions_visible_to
from civicloop.apps.dispatch.models import WorkOrder
from civicloop.apps.dispatch.visibility import orders_visible_to
from civicloop.apps.places.models import Unit
from civicloop.web.cases import fields
from civicloop.web.cases.offered import CaseForm, CaseKind, CaseStep, Who, by, made_by
from civicloop.web.dispatch.centre_forms import SATISFACTION

MOST_PEOPLE, LONGEST_EXTENSION = 9999, 30
OF_A_PETITION = (Role.PETITION_OFFICER, Role.LEADER, Role.SUPERVISOR)


class RegisterForm(fields.OrderForm):
    subject = forms.CharField(label=_("Subject, without names of persons"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=PetitionCategory.choices)
    people_count = forms.IntegerField(
        label=_("People"), min_value=1, max_value=MOST_PEOPLE, initial=1
    )
    representative_count = forms.IntegerField(
        label=_("Representatives (at most five)"),
        min_value=1,
        max_value=MOST_REPRESENTATIVES,
        initial=1,
    )


class AcceptForm(CaseForm):
    organ = fields.unit(_("Organ"))

    def choose(self) -> None:
        self.model_choice("organ", Unit.objects.exclude(pk__in=self.case.stages.values("organ")))


class HandOverForm(CaseForm):
    organ = fields.unit(_("Organ"))

    def choose(self) -> None:
        self.model_choice(
            "organ", Unit.objects.exclude(pk__in=self.case.hand_overs.values("organ"))
        )


class ObjectionForm(CaseForm):
    objection = forms.CharField(
        label=_("Why it is not your organ's duty"), widget=forms.Textarea(fields.SHORT)
    )


class ObjectionVerdictForm(CaseForm):
    is_upheld = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("upheld: it comes back")), ("0", _("rejected: the organ accepts it"))],
        coerce=lambda answer: answer == "1",
    )


class OpinionForm(CaseForm):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=PetitionVerdict.choices)
    facts = forms.CharField(label=_("Facts and reasons"), widget=forms.Textarea(fields.LONG))
    legal_basis = forms.CharField(
        label=_("Legal basis"), widget=forms.Textarea(fields.SHORT), required=False
    )


class RatingForm(CaseForm):
    satisfaction = forms.TypedChoiceField(
        label=_("What the petitioner thinks of the handling"),
        choices=SATISFACTION,
        coerce=int,
        widget=forms.RadioSelect,
    )


class ExtendForm(CaseForm):
    days = forms.IntegerField(
        label=_("How many days more"), min_value=1, max_value=LONGEST_EXTENSION, initial=30
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(fields.SHORT))


class HearingForm(CaseForm):
    evidence = forms.CharField(
        label=_("Notice of the hearing: date and number"), widget=forms.Textarea(fields.SHORT)
    )


class RecuseForm(CaseForm):
    user_recused = fields.PersonField(
        User.objects.filter(role__in=OF_A_PETITION, is_active=True), label=_("Who")
    )
    reason = forms.CharField(label=_("What the interest is"), widget=forms.Textarea(fields.SHORT))


class LeaderForm(CaseForm):
    leader = fields.people(Role.LEADER)


def _register(form: RegisterForm, who: Who) -> object:
    return register_petition(**form.cleaned_data, **made_by(who))


def _accept(form: AcceptForm, who: Who) -> object:
    level = LEVELS[who.case.stages.count()]
    return accept_stage(petition_id=who.case.pk, level=level, **form.cleaned_data, **by(who))


def _hand_over(form: HandOverForm, who: Who) -> object:
    return hand_over(petition_id=who.case.pk, **form.cleaned_data, **by(who))


def _object(form: ObjectionForm, who: Who) -> object:
    return object_to_petition(petition_id=who.case.pk, **form.cleaned_data, **by(who))


def _decide(form: ObjectionVerdictForm, who: Who) -> object:
    return decide_on_objection(petition_id=who.case.pk, **form.cleaned_data, **by(who))


def _opinion(form: OpinionForm, who: Who) -> object:
    return give_opinion(stage_id=_last(who.case).pk, **form.cleaned_data, **by(who))


def _rate(form: RatingForm, who: Who) -> object:
    return note_rating(stage_id=_last(who.case).pk, **form.cleaned_data, **by(who))


def _extend(form: ExtendForm, who: Who) -> object:
    return extend_stage(stage_id=_last(who.case).pk, **form.cleaned_data, **by(who))


def _pause(form: HearingForm, who: Who) -> object:
    return pause_stage(stage_id=_last(who.case).pk, **form.cleaned_data, **by(who))


def _resume(_form: CaseForm, who: Who) -> object:
    return resume_stage(stage_id=_last(who.case).pk, **by(who))


def _recuse(form: RecuseForm, who: Who) -> object:
    said = form.cleaned_data
    return recuse(
        petition_id=who.case.pk, user=said["user_recused"], reason=said["reason"], **by(who)
    )


def _leader(form: LeaderForm, who: Who) -> object:
    return give_to_leader(petition_id=who.case.pk, **form.cleaned_data, **by(who))


def _last(petition: PetitionCase) -> PetitionStage:
    return petition.stages.order_by("-id")[0]


STEPS: Mapping[str, CaseStep] = {
    "hand_over": CaseStep(
        title=_("Hand it over to an organ"),
        done=_("Handed over; the organ's time to object or accept runs."),
        form=HandOverForm,
        take=_hand_over,
    ),
    "object": CaseStep(
        title=_("Object: it is not our duty"),
        done=_("The objection waits for the petition office."),
        form=ObjectionForm,
        take=_object,
    ),
    "decide_objection": CaseStep(
        title=_("Decide the organ's objection"),
        done=_("The objection is decided."),
        form=ObjectionVerdictForm,
        take=_decide,
        choice="is_upheld",
    ),
    "opinion": CaseStep(
        title=_("Enter the opinion"),
        done=_("The opinion is kept."),
        form=OpinionForm,
        take=_opinion,
    ),
    "accept": CaseStep(
        title=_("An organ accepts the next level"),
        done=_("Accepted; the organ's time runs."),
        form=AcceptForm,
        take=_accept,
    ),
    "rating": CaseStep(
        title=_("Enter what the petitioner thinks of it"),
        done=_("The petitioner's mark is kept."),
        form=RatingForm,
        take=_rate,
    ),
    "extend": CaseStep(
        title=_("Give the organ more time"),
        done=_("The time is extended."),
        form=ExtendForm,
        take=_extend,
    ),
    "pause": CaseStep(
        title=_("A hearing is held: let the time stand"),
        done=_("The time stands."),
        form=HearingForm,
        take=_pause,
    ),
    "resume": CaseStep(
        title=_("The hearing is over: let the time run on"),
        done=_("The time runs on."),
        form=CaseForm,
        take=_resume,
    ),
    "leader": CaseStep(
        title=_("Give it to a leader"),
        done=_("The leader follows it to its end."),
        form=LeaderForm,
        take=_leader,
    ),
    "recuse": CaseStep(
        title=_("Recuse somebody"),
        done=_("The recusal is kept."),
        form=RecuseForm,
        take=_recuse,
    ),
}


def _offered(petition: PetitionCase, user: User) -> list[str]:
    stages = list(petition.stages.order_by("id"))
    may_rate = bool(stages and stages[-1].answered_at and not stages[-1].rated_at)
    if petition.ended_at:
        return ["rating"] if may_rate and may(user, Action.HANDLE_PETITIONS) else []
    known = None if stages else hand_over_in_force(petition)
    is_disputed = bool(known and known.objected_at and not known.decided_at)
    if not may(user, Action.HANDLE_PETITIONS):
        is_ours = bool(known and known.organ_id == user.unit_id and not known.objected_at)
        return ["object"] if is_ours and user.role in OF_A_UNIT else []
    waits = bool(stages) and stages[-1].answered_at is None
    clock = clock_of(stages[-1]) if waits else None
    offered = {
        "hand_over": not stages and known is None,
        "decide_objection": is_disputed,
        "opinion": waits,
        "accept": not waits and not is_disputed and len(stages) < len(LEVELS),
        "rating": may_rate,
        "extend": clock is not None and clock.paused_at is None,
        "pause": clock is not None and clock.paused_at is None,
        "resume": clock is not None and clock.paused_at is not None,
        "leader": True,
        "recuse": True,
    }
    return [name for name, is_offered in offered.items() if is_offered]


def _facts(petition: PetitionCase, user: User, now: datetime) -> dict[str, object]:
    stages = list(petition.stages.select_related("organ").order_by("id"))
    return {
        "stages": stages,
        "hand_overs": list(petition.hand_overs.select_related("organ")),
        "order_seen": _order_seen(petition, user),
        "recusals": list(petition.recusals.select_related("user")),
        "clocks_shown": [
            *clocks_of(STAGE, [stage.pk for stage in stages], now=now),
            *clocks_of(PETITION, [petition.pk], now=now),
        ],
    }


def _order_seen(petition: PetitionCase, user: User) -> WorkOrder | None:
    return orders_visible_to(user).filter(pk=petition.order_id or 0).first()


PETITIONS = CaseKind(
    address="petition",
    actions=(Action.HANDLE_PETITIONS, Action.OVERSEE, Action.HANDLE_ORDERS),
    visible=lambda user: petitions_visible_to(user).select_related(
        "order__appeal", "package_leader", "registered_by"
    ),
    steps=STEPS,
    offered=_offered,
    facts=_facts,
    template="cases/petition.html",
    new=CaseStep(
        title=_("Register a petition"),
        done=_("The petition is registered."),
        form=RegisterForm,
        take=_register,
    ),
    may_make=Action.HANDLE_PETITIONS,
)
