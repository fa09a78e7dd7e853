from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from tests.apps.dispatch.directories import draft, in_force, rule
from tests.factories import AreaFactory, TopicFactory, UnitFactory, UserFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.audit.models import AuditEvent
from civicloop.apps.dispatch.actions.directory import (
    DirectoryConflictsError,
    DirectoryRefusedError,
    approve_directory,
    conflicts_of,
    copy_directory,
    remove_rule,
    retire_directory,
    write_rule,
)
from civicloop.apps.dispatch.directory_facts import directory_on, read_units, rule_book
from civicloop.apps.dispatch.directory_files import read_directory_file, read_names, rule_table
from civicloop.apps.dispatch.models import DirectoryState, DirectoryVersion
from civicloop.apps.issues.tables import write_table
from civicloop.apps.places.models import AreaLevel, Unit, UnitLevel
from civicloop.apps.places.reference_files import ReferenceCode, ReferenceFileError
from civicloop.engines.routing.conflicts import Problem
from civicloop.engines.routing.rules import Case, Choice

pytestmark = pytest.mark.both_databases


@pytest.fixture
def author(db) -> User:
    return UserFactory(role=Role.DISPATCHER)


@pytest.fixture
def approver(db) -> User:
    return UserFactory(role=Role.SUPERVISOR)


@pytest.fixture
def noise(db):
    return TopicFactory(path="噪声")


def test_a_draft_is_approved_by_a_second_person(
    noise, housing: Unit, author, approver, now
) -> None:
    version = draft(rule("噪声", "HOUSING"), actor=author, now=now)

    with pytest.raises(DirectoryRefusedError):
        approve_directory(version_id=version.pk, actor=author, now=now)
    approved = approve_directory(version_id=version.pk, actor=approver, now=now)

    assert approved.state == DirectoryState.IN_FORCE
    assert directory_on(now.date()) == approved
    assert AuditEvent.objects.filter(action="directory_approved", actor=approver).count() == 1


def test_the_database_itself_asks_for_four_eyes(noise, housing, author, now) -> None:
    version = draft(rule("噪声", "HOUSING"), actor=author, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        DirectoryVersion.objects.filter(pk=version.pk).update(approved_by=author, approved_at=now)


def test_a_version_with_an_error_is_not_approved(noise, housing, author, approver, now) -> None:
    version = draft(rule("噪声", "GONE"), actor=author, now=now)

    with pytest.raises(DirectoryConflictsError) as refused:
        approve_directory(version_id=version.pk, actor=approver, now=now)

    assert [one.problem for one in refused.value.errors] == [Problem.UNKNOWN_UNIT]
    assert directory_on(now.date()) is None


def test_a_newer_version_takes_over_on_its_day(noise, housing, police, approver, now) -> None:
    old = in_force(rule("噪声", "HOUSING"), now=now)
    new = draft(rule("噪声", "POLICE"), now=now, valid_from=now.date() + timedelta(days=7))

    approve_directory(version_id=new.pk, actor=approver, now=now)

    assert directory_on(now.date()) == old
    assert directory_on(now.date() + timedelta(days=7)) == new


def test_a_version_for_today_retires_the_one_before(noise, housing, now) -> None:
    old = in_force(rule("噪声", "HOUSING"), now=now)

    new = in_force(rule("噪声", "HOUSING"), now=now + timedelta(hours=1))

    old.refresh_from_db()
    assert old.state == DirectoryState.RETIRED
    assert new.valid_from == now.date()  # never judged by a rule of later


def test_without_a_version_in_force_there_is_no_directory(noise, housing, approver, now) -> None:
    version = in_force(rule("噪声", "HOUSING"), now=now)

    retire_directory(version_id=version.pk, actor=approver, now=now)

    assert directory_on(now.date()) is None


def test_rules_in_force_cannot_be_changed(noise, housing, author, now) -> None:
    version = in_force(rule("噪声", "HOUSING"), now=now)

    with pytest.raises(DirectoryRefusedError):
        write_rule(rule=version.rules.get(), actor=author, now=now)
    with pytest.raises(DirectoryRefusedError):
        remove_rule(rule=version.rules.get(), actor=author, now=now)


def test_a_copy_is_changed_and_the_book_follows(noise, housing, police, author, now) -> None:
    version = in_force(rule("噪声", "HOUSING"), now=now)
    copy = copy_directory(version=version, valid_from=now.date(), actor=author, now=now)
    before = rule_book(copy).rules[0].lead

    changed = copy.rules.get()
    changed.lead = "POLICE"
    write_rule(rule=changed, actor=author, now=now + timedelta(minutes=1))
    added = rule("", "HOUSING", version=copy)
    write_rule(rule=added, actor=author, now=now + timedelta(minutes=2))
    copy.refresh_from_db()

    assert before == "HOUSING"
    assert [(one.number, one.lead) for one in rule_book(copy).rules] == [
        (1, "POLICE"),
        (2, "HOUSING"),
    ]
    assert copy.based_on == version
    written = AuditEvent.objects.filter(action="directory_rule_written").earliest("id")
    assert written.details["before"]["lead"] == "HOUSING"


def test_a_removed_rule_leaves_a_gap(noise, housing, author, now) -> None:
    version = draft(rule("噪声", "HOUSING"), now=now)

    remove_rule(rule=version.rules.get(), actor=author, now=now)

    assert [one.problem for one in conflicts_of(version)] == [Problem.GAP]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_written_table_is_read_as_it_was(
    noise, housing, police, now, tmp_path, ending: str
) -> None:
    area = AreaFactory()
    rules = [
        rule("噪声", "HOUSING", assisting=["POLICE"], statute="《噪声污染防治法》第八条"),
        rule("噪声", "POLICE", area=area.prefix, grassroots_allowed=True, valid_from=now.date()),
    ]
    version = draft(*rules, now=now)
    file = tmp_path / f"directory.{ending}"

    write_table(file, rule_table(version, read_units()))
    read = read_directory_file(file, names=read_names(read_units()), day=now.date())

    columns = ("topic", "area", "level", "lead", "assisting", "grassroots_allowed", "statute")
    assert [[getattr(one, name) for name in columns] for one in read] == [
        [getattr(one, name) for name in columns] for one in rules
    ]
    assert [one.valid_from for one in read] == [None, now.date()]


def test_names_that_a_city_writes_are_understood(noise, housing, police, now, tmp_path) -> None:
    AreaFactory(code="990101000000", name="云溪区")
    UnitFactory(code="TOWN", name="云溪区石桥镇人民政府", level="township")
    file = tmp_path / "目录.csv"
    file.write_text(
        "诉求类别,属地,主办单位,协办单位,可派基层,依据\n"
        "噪声,全市,公安局,住建局、云溪区石桥镇人民政府,否,条例\n"
        "噪声,云溪区,云溪区石桥镇人民政府,,是,\n"
        "没有的类别,没有的区,没有的局,,,\n",
        encoding="utf-8",
    )

    first, second, third = read_directory_file(file, names=read_names(read_units()), day=now.date())

    assert (first.topic, first.area, first.lead) == ("噪声", "", "POLICE")
    assert first.assisting == ["HOUSING", "TOWN"]
    assert (second.area, second.level, second.grassroots_allowed) == ("990101", "township", True)
    assert (third.topic, third.area, third.lead) == ("没有的类别", "没有的区", "没有的局")


@pytest.mark.parametrize(
    ("written", "lead"),
    [
        ("事发地县区", "@county/政府"),
        ("属地区县人民政府", "@county/政府"),
        ("the county concerned", "@county/政府"),
        ("government of the county concerned", "@county/政府"),
        ("事发地县区民政局", "@county/民政局"),
        ("民政局 of the county concerned", "@county/民政局"),
        ("@county/民政局", "@county/民政局"),
        ("云溪区民政局", "云溪区民政局"),
    ],
)
def test_the_county_concerned_is_read_as_people_write_it(
    noise, now, tmp_path, written: str, lead: str
) -> None:
    file = tmp_path / "directory.csv"
    file.write_text(f"topic,lead\n噪声,{written}\n", encoding="utf-8")

    [read] = read_directory_file(file, names=read_names(read_units()), day=now.date())

    assert read.lead == lead
    assert read.level == ("county" if lead.startswith("@") else "city")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_county_concerned_survives_a_written_table(noise, now, tmp_path, language: str) -> None:
    version = draft(rule("噪声", "@county/政府", assisting=["@county/民政局"]), now=now)
    file = tmp_path / "directory.csv"

    with override(language):
        write_table(file, rule_table(version, read_units()))
        [read] = read_directory_file(file, names=read_names(read_units()), day=now.date())

    assert (read.lead, read.assisting) == ("@county/政府", ["@county/民政局"])


def test_one_rule_for_every_county_is_approved_and_asked(noise, approver, now) -> None:
    AreaFactory(code="990200000000", level=AreaLevel.CITY, name="云河市")
    for code, name in (("9902", "东区"), ("9903", "西区")):
        area = AreaFactory(code=f"{code}01000000", name=name)
        UnitFactory(code=f"CIVIL-{code}", name=f"{name}民政局", area=area, level=UnitLevel.COUNTY)
    version = draft(rule("噪声", "@county/民政局"), now=now)

    approve_directory(version_id=version.pk, actor=approver, now=now)
    choice = rule_book(version, read_units()).choose(
        Case(topic="噪声", area="990301002", day=now.date())
    )

    assert isinstance(choice, Choice)
    assert choice.rule.lead == "CIVIL-9903"
    assert not [one for one in conflicts_of(version) if one.is_error]


def test_a_cell_that_cannot_be_meant_is_refused(noise, housing, now, tmp_path) -> None:
    file = tmp_path / "directory.csv"
    file.write_text(
        "topic,lead,level,valid_from,grassroots_allowed\n噪声,HOUSING,星,昨天,也许\n",
        encoding="utf-8",
    )

    with pytest.raises(ReferenceFileError) as refused:
        read_directory_file(file, names=read_names(read_units()), day=now.date())

    assert [one.code for one in refused.value.problems] == [
        ReferenceCode.UNKNOWN_LEVEL,
        ReferenceCode.NO_DAY,
        ReferenceCode.NEITHER_YES_NOR_NO,
    ]
