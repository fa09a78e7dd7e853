import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests.apps.dispatch.directories import draft, in_force, rule
from tests.factories import AppealFactory, TopicFactory, UserFactory, WorkOrderFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import (
    DirectoryState,
    DirectoryVersion,
    OrderState,
    PastHandling,
    WorkOrder,
)
from civicloop.apps.dispatch.routing_jobs import BrokenRulesError, route_waiting
from civicloop.apps.places.models import Unit

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def in_english(settings):
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture
def noise(db):
    return TopicFactory(path="噪声")


def run(capsys, *words: str, **options: object) -> str:
    call_command(*words, **options)
    return capsys.readouterr().out


def test_a_directory_goes_in_is_checked_and_comes_out(
    noise, housing, police, tmp_path, capsys
) -> None:
    author, approver = UserFactory(role=Role.DISPATCHER), UserFactory(role=Role.SUPERVISOR)
    file = tmp_path / "directory.csv"
    file.write_text("topic,lead\n噪声,公安局\n", encoding="utf-8")

    first = run(capsys, "manage_directory", "import", str(file), "--user", author.username)
    checked = run(capsys, "manage_directory", "check", "1")
    run(capsys, "manage_directory", "approve", "1", "--user", approver.username)
    run(capsys, "manage_directory", "export", str(tmp_path / "out.csv"))

    assert "a draft of 1 rules" in first
    assert "Nothing is wrong" in checked
    assert DirectoryVersion.objects.get().state == DirectoryState.IN_FORCE
    assert "公安局" in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_errors_of_a_version_end_the_check_with_a_failure(noise, now, capsys) -> None:
    draft(rule("噪声", "GONE"), now=now)

    with pytest.raises(CommandError):
        call_command("manage_directory", "check", "1")

    assert "error: rule 1: unit “GONE” does not exist" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [("check", "9"), ("export", "a.csv"), ("approve", "9", "--user", "x")]
)
def test_what_is_not_there_is_said(db, tmp_path, monkeypatch, words: tuple[str, ...]) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CommandError):
        call_command("manage_directory", *words)


def test_the_author_cannot_approve_by_command(noise, housing, now) -> None:
    author = UserFactory(role=Role.DISPATCHER)
    draft(rule("噪声", "HOUSING"), now=now, actor=author)
    User.objects.filter(pk=author.pk).update(role=Role.SUPERVISOR)

    with pytest.raises(CommandError, match="somebody else"):
        call_command("manage_directory", "approve", "1", "--user", author.username)


def test_a_back_test_tells_where_orders_would_go(noise, housing, police, now, capsys) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    draft(rule("噪声", "HOUSING"), now=now)
    AppealFactory(topic=noise, received_at=now)

    out = run(
        capsys, "manage_directory", "backtest", "2", "--first", "2023-11-14", "--last", "2023-11-14"
    )

    assert "1 orders; 0.0% would go where they go now, 1 elsewhere." in out
    assert "公安局 → 住建局" in out


def test_a_back_test_tells_which_orders_others_would_assist_with(
    noise, police, housing, now, capsys
):
    in_force(rule("噪声", "POLICE"), now=now)
    draft(rule("噪声", "POLICE", assisting=["HOUSING"]), now=now)
    WorkOrderFactory(topic=noise, opened_at=now)

    out = run(
        capsys, "manage_directory", "backtest", "2", "--first", "2023-11-14", "--last", "2023-11-14"
    )

    assert "1 keep their lead unit and are assisted by others:" in out
    assert "公安局: +住建局" in out


def test_a_dry_run_changes_nothing(noise, police, now, capsys) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    order = WorkOrderFactory(topic=noise)

    out = run(capsys, "route_orders", dry_run=True)

    assert "1 orders: 0 by themselves, 1 left to a person." in out
    assert "Nothing has been learned" in out
    order.refresh_from_db()
    assert (order.routing, order.version) == ({}, 1)


def test_routing_keeps_the_choices(noise, police, now, capsys) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    WorkOrderFactory(topic=noise)

    run(capsys, "route_orders")

    assert WorkOrder.objects.get().routing["choices"][0][0] == "POLICE"


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_broken_rule_fails_the_command(noise, police, now, capsys, *, dry_run: bool) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    Unit.objects.update(code="OTHER")
    WorkOrderFactory(topic=noise)

    with pytest.raises(CommandError, match="mend the directory"):
        call_command("route_orders", dry_run=dry_run)

    assert "Rule 1 names unit “POLICE”" in capsys.readouterr().err


def test_a_broken_rule_fails_the_job_after_the_others_went(noise, police, now) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    Unit.objects.update(code="OTHER")
    order = WorkOrderFactory(topic=noise)

    with pytest.raises(BrokenRulesError):
        route_waiting.func(now)

    order.refresh_from_db()
    assert order.state == OrderState.TRIAGE
    assert order.routing["outcome"] == "broken"


def test_a_table_of_solvers_is_kept_once(housing, police, tmp_path, capsys) -> None:
    appeal = AppealFactory(source="hotline", source_key="20230001")
    file = tmp_path / "handled.csv"
    file.write_text(
        "编号,承办单位,退回单位\n20230001,住建局,公安局\n20239999,住建局,\n", encoding="utf-8"
    )

    for _twice in range(2):
        out = run(capsys, "import_handled", str(file), source="hotline")

    past = PastHandling.objects.get()
    assert "1 appeals" in out
    assert "1 rows name no appeal here" in out
    assert (past.appeal, past.unit, past.returned_by) == (appeal, housing, police)


def test_a_table_with_an_unknown_solver_is_refused(housing, tmp_path) -> None:
    AppealFactory(source="hotline", source_key="1")
    file = tmp_path / "handled.csv"
    file.write_text("number,unit\n1,没有的局\n", encoding="utf-8")

    with pytest.raises(CommandError, match="没有的局"):
        call_command("import_handled", str(file), source="hotline")

    assert not PastHandling.objects.exists()


def test_too_few_solved_appeals_are_told_in_words(db) -> None:
    with pytest.raises(CommandError, match="Too few solved orders"):
        call_command("train_units")


def test_training_tells_coverage_and_accuracy_together(housing, police, capsys) -> None:
    for number in range(90):
        for unit, text in [(police, "半夜施工吵得睡不着"), (housing, "屋顶漏水墙面开裂")]:
            appeal = AppealFactory(text=f"{chr(0x4E00 + number)}街{text}")
            PastHandling.objects.create(appeal=appeal, unit=unit)

    out = run(capsys, "train_units")

    assert "learned from 180 solved appeals, 0 of them returned before; in use now." in out
    assert "On the newest 36 appeals 100.0% would go by themselves, 100.0% of them" in out


def test_anyones_judged_table_is_measured(noise, housing, police, now, tmp_path, capsys) -> None:
    in_force(rule("噪声", "POLICE"), now=now)
    file = tmp_path / "judged.csv"
    file.write_text(
        "text,topic,area,unit\n半夜施工,噪声,,公安局\n屋顶漏水,噪声,,住建局\n", encoding="utf-8"
    )

    figures = json.loads(run(capsys, "evaluate", routing=file, json=True))

    assert figures["routing"]["rows"] == 2
    assert figures["routing"]["coverage"] == 0  # nothing was learned: a person decides
    assert figures["routing"]["offered"] == 0.5
    assert figures["routing: directory alone"]["coverage"] == 1
    assert figures["routing: directory alone"]["answered_accuracy"] == 0.5


@pytest.mark.one_database
def test_the_sample_city_is_routed_by_what_is_learned_of_it(capsys) -> None:
    from pathlib import Path

    figures = json.loads(
        run(capsys, "evaluate", routing=Path("sample-city"), appeals=4_000, json=True)
    )

    both, alone = figures["routing"], figures["routing: directory alone"]
    assert both["rows"] == 1_000
    assert both["coverage"] > 0  # little is learned of so small a city: docs/methods/routing.md
    assert both["answered_accuracy"] > alone["answered_accuracy"]
