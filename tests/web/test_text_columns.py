"""Every column that can hold words is protected, a masked copy, or harmless for a reason that is written here."""

from collections.abc import Iterator, Mapping

import pytest
from django.apps import apps
from django.db import models

from civicloop.apps.accounts.words import HoldsWords
from civicloop.apps.vault.models import Sealed

pytestmark = pytest.mark.one_database  # reads the models
WORDS = (models.CharField, models.TextField, models.JSONField)

MASKED = {
    "intake.Appeal": "masked_subject masked_text masked_address masked_reply_text",
    "clocks.ClockPause": "evidence",  # when they are written
    "clocks.ClockExtension": "reason",
}
REASONS: Mapping[str, Mapping[str, str]] = {
    "of staff, who are no citizens": {
        "accounts.User": "password username first_name last_name email",
        "accounts.ExternalLogin": "issuer subject",
        "notices.NoticePreference": "mobile by_email by_sms",
        "clocks.Clock": "leader",
        "clocks.ClockExtension": "approver",
        "cases.JointMeeting": "convener",
    },
    "names of the city's own things": {
        "places.Area": "code name",
        "places.Unit": "code name",
        "clocks.CalendarVersion": "source hours",
        "clocks.CalendarDay": "name",
        "intake.Channel": "code name name_en",
        "intake.TopicTree": "name",
        "intake.Topic": "code name path",
        "intake.ApiClient": "name actions",
        "cases.Committee": "name",
        "cases.JointMeeting": "title place",
        "cases.Reception": "place",
        "dispatch.DirectoryVersion": "source_doc",
        "dispatch.DirectoryRule": "topic area lead assisting statute",
        "dispatch.WorkOrder": "place_key",  # an area or an estate as the engine reads it
        "dispatch.Objection": "topic_path",
        "issues.TopicSuggestion": "label second_label answer",
    },
    "keyed, drawn by chance, or a check sum": {
        "vault.Identity": "ref phone_index id_number_index",
        "intake.Appeal": "content_hash caller_key",
        "intake.SentAppeal": "open_id body_hash",
        "intake.Registration": "form_key body_hash",
        "intake.AppealPhoto": "sha256",
        "intake.Contact": "ref",
        "intake.Receipt": "number code_hash",
        "intake.LaterRow": "hash_before hash_after",
        "issues.AppealReading": "content_hash",
        "issues.ReplyCheck": "fingerprint",
        "dispatch.Evidence": "sha256",
        "dispatch.CallBack": "key",
        "dispatch.PublicCase": "open_id",
        "dispatch.Follower": "person_key",
    },
    "a code of the program, or a number of a record": {
        "audit.AuditEvent": "action object_type object_id key_id",
        "audit.AuditCheck": "faults",
        "jobs.JobState": "name key",
        "jobs.PeriodicSlot": "name",
        "jobs.WorkerSign": "worker",
        "jobs.OutboxEntry": "key channel message_id",
        "notices.Notice": "kind key reference link",
        "clocks.Clock": "owner_type limit limit_source extension_rules leader_limit explanation",
        "clocks.ClockExtension": "unit",
        "intake.SealedNote": "about",
        "intake.Registration": "missing",
        "intake.Tally": "key",
        "issues.Alarm": "key tags curve",
        "issues.EventClass": "respondent season",
        "issues.ClassDecision": "before",
        "issues.EventDecision": "before attached",
        "issues.SimilarityBasis": "looked_at",
        "issues.HotIssueList": "weights",
        "issues.HotIssue": "factors daily_counts",
        "issues.AppealReading": "spans",  # where in the words, not which
        "issues.ReplyPromise": "due_words",  # of time
        "issues.MeaningComparison": "model_name failure",
        "dispatch.WorkOrder": "routing claim resolved",
        "dispatch.OrderStep": "name reason",
        "dispatch.StepDraft": "step",
        "dispatch.Evidence": "media_type",
        "dispatch.Review": "reasons",
        "dispatch.BatchItem": "outcome",
        "dispatch.DispatchItem": "assisting outcome",
        "dispatch.CallBack": "reasons excluded_for",
        "knowledge.Article": "number",
    },
    "of a file: where a row stood and what was wrong with it; retention takes the rows away": {
        "intake.Appeal": "source source_key",  # the office's own number
        "intake.ImportRun": "source file_name file_sha256 mapping_toml shape failure warnings set_aside",
        "intake.OriginalRow": "sheet",
        "intake.LaterRow": "sheet",
        "intake.RejectedRow": "sheet problems",
    },
    "the first rows of a file, masked when they are kept": {"intake.ImportRun": "preview"},
    "what an office changed; only the names of its columns are shown, and retention empties it": {
        "intake.LaterRow": "before after",
    },
    "numbers become commitments, and readers get reasons masked": {"audit.AuditEvent": "details"},
    "numbers and days of what it tells of": {"notices.Notice": "params"},
    "an address and the number of a message on its way, gone after it": {
        "jobs.OutboxEntry": "payload",
    },
    "written for everybody, or for very many": {
        "knowledge.ArticleVersion": (
            "title questions answer steps legal_basis source_name source_url review_note"
        ),
        "knowledge.CorrectionRequest": "text answer",
        "dispatch.BatchPlan": "title plan answer",
        "dispatch.PublicCase": "title",  # refused where the engine finds a person in it
        "issues.EventClass": "name",
    },
    "of what models learned: labels, counts and weights": {
        "issues.PairModelVersion": "file_name pairs weights changed figures",
        "issues.TopicModelVersion": "trained_on summary hidden_check comparison learned conflicts",
        "dispatch.UnitModelVersion": "summary comparison validation",
    },
}
OF_NOBODY = ("air", "indicators")  # apps that hold nothing of a citizen


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models():
        if model.__module__.startswith("civicloop.") and model._meta.app_label not in OF_NOBODY:
            for field in model._meta.concrete_fields:
                if isinstance(field, WORDS) and not field.choices:
                    yield model, field


def named(table: Mapping[str, str]) -> set[str]:
    return {f"{model}.{name}" for model, names in table.items() for name in names.split()}


def undeclared() -> set[str]:
    harmless = set().union(*map(named, REASONS.values()))
    return (
        {
            f"{model._meta.label}.{field.name}"
            for model, field in columns()
            if not (issubclass(model, HoldsWords) and field.name in model.PROTECTED)
            and not (issubclass(model, Sealed) and field.name == "key_id")
        }
        - harmless
        - named(MASKED)
    )


def test_every_column_of_words_is_declared():
    """Whoever adds one protects it, or writes down here why nobody can be known by it."""
    assert undeclared() == set()


def test_nothing_is_declared_twice_or_is_gone():
    tables = [named(table) for table in (MASKED, *REASONS.values())]
    there = {f"{model._meta.label}.{field.name}" for model, field in columns()}
    protected = {
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if issubclass(model, HoldsWords)
        for name in model.PROTECTED
    }

    assert sum(map(len, tables)) == len(set().union(*tables))
    assert set().union(*tables) <= there - protected


def test_a_column_that_is_no_more_protected_is_found(monkeypatch):
    """The red twin."""
    model = apps.get_model("dispatch.Objection")
    less = {name: what for name, what in model.PROTECTED.items() if name != "legal_basis"}
    monkeypatch.setattr(model, "PROTECTED", less)

    assert undeclared() == {"dispatch.Objection.legal_basis"}
