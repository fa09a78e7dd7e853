"""Write a version of the directory, change its draft, bring it into force by a second person."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import Json, record_event
from civicloop.apps.dispatch.actions.seen import mark_of, refuse_unseen
from civicloop.apps.dispatch.directory_facts import engine_rules, read_frame, read_units
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryState, DirectoryVersion
from civicloop.apps.dispatch.queries.rule_doubts import RuleDoubt
from civicloop.engines.routing.conflicts import Conflict, conflicts

RULE_FIELDS = (
    "topic", "area", "level", "lead", "assisting", "grassroots_allowed", "statute", "valid_from",
    "valid_to",
)  # fmt: skip


class DirectoryRefusedError(Exception):
    """The version cannot take this step; the argument says why, in the reader's language."""


class DirectoryConflictsError(DirectoryRefusedError):
    """The version has errors; with them it would fail in use."""

    def __init__(self, errors: Sequence[Conflict]) -> None:
        super().__init__(_("%(count)s errors must be mended first.") % {"count": len(errors)})
        self.errors = tuple(errors)


def conflicts_of(version: DirectoryVersion) -> list[Conflict]:
    """What is wrong with a version, errors first."""
    return conflicts(engine_rules(version.rules.order_by("number")), read_frame(read_units()))


@transaction.atomic
def write_directory(
    *,
    rules: Sequence[DirectoryRule],
    valid_from: date,
    source_doc: str,
    actor: User | None,
    now: datetime,
    based_on: DirectoryVersion | None = None,
) -> DirectoryVersion:
    """Keep rules as the draft of a new version; they are numbered as they come."""
    newest = DirectoryVersion.objects.aggregate(Max("number"))["number__max"] or 0
    version = DirectoryVersion.objects.create(
        number=newest + 1,
        valid_from=valid_from,
        source_doc=source_doc,
        based_on=based_on,
        written_by=actor,
        written_at=now,
        changed_at=now,
    )
    DirectoryRule.objects.bulk_create(
        [
            DirectoryRule(
                version=version,
                number=number,
                **{name: getattr(rule, name) for name in RULE_FIELDS},
            )
            for number, rule in enumerate(rules, start=1)
        ],
        batch_size=500,
    )
    _record("directory_written", version, actor, now, {"rules": len(rules), "from": source_doc})
    return version


@transaction.atomic
def copy_directory(
    *, version: DirectoryVersion, valid_from: date, actor: User, now: datetime
) -> DirectoryVersion:
    """A draft with the rules of a version, to be changed on the page."""
    return write_directory(
        rules=list(version.rules.order_by("number")),
        valid_from=valid_from,
        source_doc=version.source_doc,
        based_on=version,
        actor=actor,
        now=now,
    )


@transaction.atomic
def draft_from_doubts(
    *, version: DirectoryVersion, doubts: Sequence[RuleDoubt], actor: User, now: datetime
) -> DirectoryVersion:
    """A draft in which each doubted rule names the unit that solves its cases."""
    units = read_units()
    solvers = {doubt.rule.number: doubt.solver for doubt in doubts}
    rules = list(version.rules.order_by("number"))
    for rule in rules:
        if solver := solvers.get(rule.number):
            rule.lead, rule.level = solver, units.facts[solver].level
            rule.assisting = [unit for unit in rule.assisting if unit != solver]
    return write_directory(
        rules=rules,
        valid_from=timezone.localdate(now),
        source_doc=version.source_doc,
        based_on=version,
        actor=actor,
        now=now,
    )


def mark_of_rule(rule: DirectoryRule) -> str:
    """The mark of a rule as it stands, for the form that changes it."""
    return mark_of(DirectoryRule.objects.filter(pk=rule.pk).values(*RULE_FIELDS).first())


@transaction.atomic
def write_rule(
    *, rule: DirectoryRule, actor: User, now: datetime, seen: str | None = None
) -> DirectoryRule:
    """Change a rule of a draft, or add one (a rule without a number).

    Raises:
        ChangedMeanwhileError: the rule is not the one of which `seen` is the mark, or is gone.
        DirectoryRefusedError: the version is no draft any more.
    """
    version = _draft(rule.version_id)
    before = DirectoryRule.objects.filter(pk=rule.pk).values(*RULE_FIELDS).first()
    if rule.number:
        refuse_unseen(seen, before)
    if not rule.number:
        rule.number = (version.rules.aggregate(Max("number"))["number__max"] or 0) + 1
    rule.save()
    after: dict[str, Json] = {name: _plain(getattr(rule, name)) for name in RULE_FIELDS}
    old: dict[str, Json] = {name: _plain(value) for name, value in (before or {}).items()}
    _touch(version, now)
    details: dict[str, Json] = {"rule": rule.number, "before": old, "after": after}
    _record("directory_rule_written", version, actor, now, details)
    return rule


@transaction.atomic
def remove_rule(*, rule: DirectoryRule, actor: User, now: datetime) -> None:
    """Take a rule out of a draft.

    Raises:
        DirectoryRefusedError: the version is no draft any more.
    """
    version = _draft(rule.version_id)
    details: dict[str, Json] = {"rule": rule.number, "topic": rule.topic, "lead": rule.lead}
    rule.delete()
    _touch(version, now)
    _record("directory_rule_removed", version, actor, now, details)


@transaction.atomic
def discard_directory(*, version_id: int, actor: User, now: datetime) -> None:
    """Throw a draft away.

    Raises:
        DirectoryRefusedError: the version is no draft any more.
    """
    version = _draft(version_id)
    _record("directory_discarded", version, actor, now, {"from": version.source_doc})
    version.delete()


@transaction.atomic
def approve_directory(*, version_id: int, actor: User, now: datetime) -> DirectoryVersion:
    """Bring a draft into force from its day on; never by the one who wrote it.

    Raises:
        DirectoryConflictsError: it has errors.
        DirectoryRefusedError: it is no draft, or the actor wrote it.
    """
    version = _draft(version_id)
    if version.written_by_id == actor.pk:
        raise DirectoryRefusedError(_("You wrote this version; somebody else must approve it."))
    if not version.rules.exists():
        raise DirectoryRefusedError(_("The version has no rules."))
    errors = [conflict for conflict in conflicts_of(version) if conflict.is_error]
    if errors:
        raise DirectoryConflictsError(errors)
    day = timezone.localdate(now)
    version.valid_from = max(version.valid_from, day)  # no order of the past is judged by it
    _retire_replaced(version, day, now)
    version.state = DirectoryState.IN_FORCE
    version.approved_by, version.approved_at = actor, now
    version.save()
    _record("directory_approved", version, actor, now, {"valid_from": str(version.valid_from)})
    return version


def _retire_replaced(version: DirectoryVersion, day: date, now: datetime) -> None:
    """Versions that never would be used again: all others from its day on, today all earlier."""
    in_force = DirectoryVersion.objects.filter(state=DirectoryState.IN_FORCE)
    replaced = in_force.filter(valid_from=version.valid_from)
    if version.valid_from <= day:
        replaced = in_force.filter(valid_from__lte=version.valid_from)
    replaced.update(state=DirectoryState.RETIRED, retired_at=now)


@transaction.atomic
def retire_directory(*, version_id: int, actor: User, now: datetime) -> DirectoryVersion:
    """Use a version no more; without another in force, every order waits for a person.

    Raises:
        DirectoryRefusedError: it is not in force.
    """
    version = DirectoryVersion.objects.select_for_update().get(pk=version_id)
    if version.state != DirectoryState.IN_FORCE:
        raise DirectoryRefusedError(_("The version is not in force."))
    version.state, version.retired_at = DirectoryState.RETIRED, now
    version.save(update_fields=["state", "retired_at"])
    _record("directory_retired", version, actor, now, {})
    return version


def _draft(version_id: int) -> DirectoryVersion:
    version = DirectoryVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
    if version.state != DirectoryState.DRAFT:
        raise DirectoryRefusedError(
            _("The version is no draft any more; write a new one to change it.")
        )
    return version


def _touch(version: DirectoryVersion, now: datetime) -> None:
    version.changed_at = now
    version.save(update_fields=["changed_at"])


def _plain(value: object) -> Json:
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if isinstance(value, bool) else str(value or "")


def _record(
    action: str,
    version: DirectoryVersion,
    actor: User | None,
    now: datetime,
    details: dict[str, Json],
) -> None:
    record_event(
        action=action,
        object_type="directory",
        object_id=version.number,
        actor=actor,
        now=now,
        details=details,
    )
