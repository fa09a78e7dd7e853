"""Reversing a migration ends with a sentence where it would drop what is sealed."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.factories import AppealFactory

from civicloop.apps.intake.models import Kind, SealedNote, SealedWords

SAID = "我叫欧阳焱，电话13944447777"
pytestmark = pytest.mark.django_db


def back_to(name: str) -> None:
    """As far as the signal before the first migration: what is refused there changed nothing."""
    call_command("migrate", "intake", name, verbosity=0)


def applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def test_sealed_notes_are_not_dropped():
    note = SealedNote(appeal=AppealFactory(text="-"), about="dispatch_review:1")
    note.seal_words({"note": SAID})
    note.save()
    before = applied()

    with pytest.raises(CommandError, match="intake_sealednote"):
        back_to("0024")

    assert applied() == before
    assert SealedNote.objects.get().opened_words() == {"note": SAID}


def test_sealed_words_are_not_dropped():
    AppealFactory(text=SAID, kind=Kind.REPORT)
    before = applied()

    with pytest.raises(CommandError, match="intake_sealedwords"):
        back_to("0017")

    assert applied() == before
    assert SealedWords.objects.get().opened()["text"] == SAID


@pytest.mark.parametrize(("back", "is_refused"), [("0014", True), ("0023", False)])
def test_only_what_would_lose_something_is_refused(back, is_refused, monkeypatch):
    """Sealed rows go with the columns of 0015; from 0023 up nothing of a city without notes is lost."""
    AppealFactory(text=SAID, kind=Kind.REPORT)
    reached = []

    def stop(*_args: object, **_kwargs: object) -> None:
        reached.append(True)
        raise InterruptedError

    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migrate", stop)

    with pytest.raises(CommandError if is_refused else InterruptedError):
        back_to(back)

    assert reached == ([] if is_refused else [True])
