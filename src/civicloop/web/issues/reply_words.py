"""The check of a reply in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from civicloop.apps.intake.models import Appeal
from civicloop.apps.issues.models import ReplyCheck, ReplyVerdict
from civicloop.apps.issues.reply_queries import (
    Look,
    Order,
    PromiseFound,
    promises_of,
    reply_check_of,
)

VERDICT_WORDS: Mapping[str, Promise] = {
    ReplyVerdict.EMPTY: gettext_lazy(
        "The reply hardly tells anything: courtesy, passing on, or sending elsewhere."
    ),
    ReplyVerdict.BESIDE: gettext_lazy(
        "The reply tells something, but nothing that was asked, and no measure, rule or reason."
    ),
    ReplyVerdict.UNCLEAR: gettext_lazy(
        "No sentence was found that takes up what was asked; the reply may answer in other words."
    ),
    ReplyVerdict.PARTIAL: gettext_lazy(
        "The reply takes up some of what was asked; for the rest no sentence was found."
    ),
    ReplyVerdict.ANSWERS: gettext_lazy("The reply goes into what was asked."),
}
VERDICT_TAGS: Mapping[str, str] = {
    ReplyVerdict.EMPTY: "bad",
    ReplyVerdict.BESIDE: "waiting",
    ReplyVerdict.UNCLEAR: "waiting",
    ReplyVerdict.PARTIAL: "waiting",
    ReplyVerdict.ANSWERS: "good",
}
LOOK_WORDS: Mapping[str, Promise] = {
    Look.SURE: gettext_lazy("Mostly right"),
    Look.EMPTY: gettext_lazy("Empty replies"),
    Look.UNANSWERED: gettext_lazy("Requests not found (unsure)"),
    Look.OVERDUE: gettext_lazy("Promised day has passed"),
    Look.TEMPLATE: gettext_lazy("Same words to many"),
    Look.ALL: gettext_lazy("All, the unsure ones too"),
}
ORDER_WORDS: Mapping[str, Promise] = {
    Order.SUREST: gettext_lazy("tells least first"),
    Order.NEWEST: gettext_lazy("last replied first"),
}
MARK_WORDS: Mapping[str, Promise] = {
    "little_told": gettext_lazy("little beside courtesy and passing on"),
    "brief": gettext_lazy("very short"),
    "short": gettext_lazy("short"),
    "length": gettext_lazy("length"),
    "transfer": gettext_lazy("passes the matter on"),
    "referral": gettext_lazy("sends the citizen elsewhere"),
    "not_ours": gettext_lazy("says who is not responsible"),
    "no_details": gettext_lazy("asks for details"),
    "reason": gettext_lazy("gives reasons"),
    "basis": gettext_lazy("names a rule"),
    "figure": gettext_lazy("names figures"),
    "near": gettext_lazy("speaks of the matter"),
}
LACK_WORDS: Mapping[str, Promise] = {
    "little_told": gettext_lazy("tells more than courtesy"),
    "brief": gettext_lazy("not very short"),
    "short": gettext_lazy("not short"),
    "length": gettext_lazy("not long"),
    "transfer": gettext_lazy("does not only pass the matter on"),
    "referral": gettext_lazy("does not send the citizen elsewhere"),
    "not_ours": gettext_lazy("does not say who is responsible"),
    "no_details": gettext_lazy("does not ask for details"),
    "reason": gettext_lazy("gives no reasons"),
    "basis": gettext_lazy("names no rule"),
    "figure": gettext_lazy("names no figures"),
    "near": gettext_lazy("does not speak of the matter"),
}
TENSE_WORDS: Mapping[str, Promise] = {
    "done": gettext_lazy("done"),
    "under_way": gettext_lazy("under way"),
    "to_come": gettext_lazy("to come"),
}
EMPTY_WORDS: Mapping[str, Promise] = {
    "transfer": gettext_lazy("passes the matter on"),
    "referral": gettext_lazy("sends the citizen elsewhere"),
    "deferral": gettext_lazy("puts off"),
    "not_ours": gettext_lazy("says who is not responsible"),
    "no_details": gettext_lazy("asks for details"),
}


class AnswerWords(NamedTuple):
    """One request and what the reply says to it."""

    request: str
    degree: str
    answer: str


class NamedWords(NamedTuple):
    """Something the reply names, with a remark."""

    words: str
    remark: str


class ReasonWords(NamedTuple):
    """A mark of the score and which way it moves it."""

    words: str
    is_for: bool


class ReplyWords(NamedTuple):
    """The panel of one reply."""

    check: ReplyCheck
    verdict: str
    tag: str
    reasons: list[ReasonWords]
    answers: list[AnswerWords]
    measures: list[NamedWords]
    days: list[NamedWords]
    basis: list[str]
    units: list[str]
    contacts: list[str]
    empty: list[NamedWords]
    promises: list[PromiseFound]
    is_template: bool


def reply_words(appeal: Appeal, *, today: date) -> ReplyWords | None:
    """What the check of an appeal's reply says; None where there is none."""
    check = reply_check_of(appeal)
    return words_of_check(check, promises_of(appeal, today=today)) if check else None


def words_of_check(check: ReplyCheck, promises: list[PromiseFound]) -> ReplyWords:
    """What a check says."""
    parts = check.parts
    return ReplyWords(
        check=check,
        verdict=str(VERDICT_WORDS[check.verdict]),
        tag=VERDICT_TAGS[check.verdict],
        reasons=_reasons(parts.get("reasons", [])),
        answers=[
            AnswerWords(row["request"], row["degree"], row["answer"])
            for row in parts.get("answers", [])
        ],
        measures=_named(parts.get("measures", []), "tense", TENSE_WORDS),
        days=[NamedWords(row["words"], row["day"]) for row in parts.get("days", [])],
        basis=[_basis(row) for row in parts.get("basis", [])],
        units=[row["words"] for row in parts.get("units", [])],
        contacts=[row["words"] for row in parts.get("contacts", [])],
        empty=_named(parts.get("empty", []), "kind", EMPTY_WORDS),
        promises=promises,
        is_template=check.is_template,
    )


def _reasons(rows: Sequence[Mapping[str, Any]]) -> list[ReasonWords]:
    """The marks in words; of what a reply lacks, the lack is named."""
    return [
        ReasonWords(_reason(row["mark"], is_for=row["weight"] > 0), row["weight"] > 0)
        for row in rows
    ]


def _reason(mark: str, *, is_for: bool) -> str:
    is_good = mark in ("length", "reason", "basis", "figure", "near", "not_ours")
    words = MARK_WORDS if is_for == is_good else LACK_WORDS
    return str(words.get(mark, mark))


def _named(
    rows: Sequence[Mapping[str, Any]], key: str, words: Mapping[str, Promise]
) -> list[NamedWords]:
    return [NamedWords(row["words"], str(words.get(row[key], row[key]))) for row in rows]


def _basis(row: Mapping[str, Any]) -> str:
    title = f"《{row['title']}》" if row["title"] else ""
    return f"{title}{row['article']} {row['number']}".strip()
