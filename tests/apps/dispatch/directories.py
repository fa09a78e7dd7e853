"""A small directory, and orders that it is asked about."""

from datetime import date

from tests.factories import UserFactory

from civicloop.apps.accounts.models import Role
from civicloop.apps.dispatch.actions.directory import approve_directory, write_directory
from civicloop.apps.dispatch.models import DirectoryRule, DirectoryVersion
from civicloop.apps.places.models import UnitLevel

FIRST_DAY = date(2023, 1, 1)


def rule(topic: str, lead: str, **fields) -> DirectoryRule:
    return DirectoryRule(topic=topic, lead=lead, **{"level": UnitLevel.COUNTY} | fields)


def draft(*rules: DirectoryRule, now, actor=None, **fields) -> DirectoryVersion:
    known = {"valid_from": FIRST_DAY, "source_doc": "派单目录.xlsx"} | fields
    return write_directory(rules=rules, actor=actor, now=now, **known)


def in_force(*rules: DirectoryRule, now, **fields) -> DirectoryVersion:
    """Bring rules into force by a supervisor, whatever is wrong with them is refused."""
    version = draft(*rules, now=now, **fields)
    approver = UserFactory(role=Role.SUPERVISOR)
    return approve_directory(version_id=version.pk, actor=approver, now=now)
