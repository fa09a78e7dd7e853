"""How a step of a case is offered on its page, and what its form knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from civicloop.apps.accounts.models import User
from civicloop.apps.accounts.policy import Action
from civicloop.apps.cases.actions.records import changes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who changes which case when, having looked at which version; no case: it is to be made."""

    case: Any  # a meeting, a reception, a mediation or a petition: what the kind's steps expect
    actor: User
    now: datetime
    seen_version: int | None


class CaseForm(forms.Form):
    """A form that knows its case and who fills it in."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        case: Model | None,
        user: User,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        self.case: Any = case  # what the form's kind is about
        self.user = user
        super().__init__(data, initial=dict(initial or {}))
        self.choose()

    def choose(self) -> None:
        """Fill in the choices that depend on the case."""

    def model_choice(self, name: str, rows: QuerySet[Any]) -> None:
        """The rows from which a field lets choose."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """A step as the page offers it; `done` is said once it is taken."""

    title: Promise
    done: Promise
    form: type[CaseForm]
    take: Callable[[Any, Who], object]  # Any: the step's own form
    choice: str = ""  # the field whose answers are the form's buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """One of the four kinds: who sees what, which steps are offered, what its page shows."""

    address: str  # the name of its page
    actions: tuple[Action, ...]  # one of them opens the page
    visible: Callable[[User], QuerySet[Any]]
    steps: Mapping[str, CaseStep]
    offered: Callable[[Any, User], list[str]]
    facts: Callable[[Any, User, datetime], dict[str, object]]
    template: str
    new: CaseStep
    may_make: Action


def by(who: Who) -> dict[str, Any]:
    """The arguments that every change of a case takes."""
    return {"actor": who.actor, "now": who.now, "seen_version": who.seen_version}


def made_by(who: Who) -> dict[str, Any]:
    """The arguments that making a case takes, and changing one that has no version."""
    return {"actor": who.actor, "now": who.now}


def version_of(case: Model) -> int:
    """The version that a step is taken on; of a reception day how often it was changed."""
    version: int | None = getattr(case, "version", None)
    return changes_of(case) if version is None else version
