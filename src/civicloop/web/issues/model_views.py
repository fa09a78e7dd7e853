"""The topic model's page: versions, how they were checked, what a person should look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.intake.models import Appeal
from civicloop.apps.intake.shown import without_hidden
from civicloop.apps.issues.actions.topic_versions import put_to_use
from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.issues.topic_queries import (
    Conflict,
    LikeTexts,
    appeals_to_label,
    drift_of,
    guessed_otherwise,
    label_conflicts,
    like_texts,
    model_versions,
)
from civicloop.apps.issues.topic_tables import conflict_table, question_table
from civicloop.apps.issues.topic_words import word_comparison, word_drift
from civicloop.web.downloads import csv_download
from civicloop.web.requests import HtmxRequest, actor_of, is_number

QUESTIONS_SHOWN = 20
CONFLICTS_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Percentages over steps of another percentage, as charts.js draws them, and as a table."""

    steps_name: str
    steps: Sequence[float]
    lines: Sequence[tuple[str, Sequence[float], bool]]  # name, values, whether dashed
    summary: str

    @property
    def plain(self) -> dict[str, object]:
        """As JSON for the script; what it calls days are the steps."""
        return {
            "days": [f"{step:.0%}" for step in self.steps],
            "series": [
                {
                    "name": name,
                    "values": [round(100 * value, 1) for value in values],
                    "isEarlier": is_dashed,
                    "isBars": False,
                }
                for name, values, is_dashed in self.lines
            ],
            "marks": [],
            "stepsName": self.steps_name,
            "unit": "%",
            "summary": self.summary,
        }

    @property
    def rows(self) -> Iterator[tuple[float, list[float]]]:
        """As rows of a table."""
        for place, step in enumerate(self.steps):
            yield step, [values[place] for _name, values, _dashed in self.lines]


@require_safe
def topic_model(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.VIEW_APPEALS)
    versions = list(model_versions())
    shown = _shown(versions, request.GET.get("version", ""))
    context: dict[str, object] = {"versions": versions, "shown": shown}
    if shown:
        context |= _details(shown)
    return render(request, "issues/model.html", context)


def _shown(versions: Sequence[TopicModelVersion], asked: str) -> TopicModelVersion | None:
    """The version that the address names, else the one in use."""
    if asked:
        found = [version for version in versions if asked == str(version.version)]
        if not found:
            raise Http404
        return found[0]
    in_use = [version for version in versions if version.is_active]
    return next(iter(in_use + list(versions)), None)


def _details(version: TopicModelVersion) -> dict[str, object]:
    check = version.hidden_check
    conflicts = label_conflicts(version)
    texts = like_texts(conflicts)[:CONFLICTS_SHOWN]
    contradicted = guessed_otherwise(conflicts)[: CONFLICTS_SHOWN - len(texts)]
    return {
        "comparison": word_comparison(version.comparison) if version.comparison else "",
        "drift": [(word_drift(warning), warning.is_much) for warning in drift_of(version)],
        "classes": check.get("classes", []),
        "reliability": _reliability(version) if check else None,
        "coverage": _coverage(version) if check else None,
        "questions": appeals_to_label(version, most=QUESTIONS_SHOWN),
        "like_texts": texts,
        "contradicted": contradicted,
        "appeal_numbers": _appeal_numbers(version, texts, contradicted),
    }


def _reliability(version: TopicModelVersion) -> Curve:
    bins = version.hidden_check["bins"]
    stated = [bin_[1] for bin_ in bins]
    words = _(
        "Calibration error %(ece)s: stated and true probability differ by so much on average."
    )
    return Curve(
        steps_name=_("Stated probability"),
        steps=stated,
        lines=[
            (_("came true"), [bin_[2] for bin_ in bins], False),
            (_("stated"), stated, True),
        ],
        summary=words % {"ece": f"{version.summary['ece']:.1%}"},
    )


def _coverage(version: TopicModelVersion) -> Curve:
    curve = version.hidden_check["curve"]
    return Curve(
        steps_name=_("Answered"),
        steps=[point[0] for point in curve],
        lines=[
            (_("right"), [point[1] for point in curve], False),
            (_("wanted"), [version.hidden_check["wanted"]] * len(curve), True),
        ],
        summary=_(
            "The surest %(share)s of the messages are answered with an accuracy of %(right)s."
        )
        % {
            "share": f"{version.summary['coverage']:.1%}",
            "right": f"{version.summary['answered_accuracy'] or 0:.1%}",
        },
    )


def _appeal_numbers(
    version: TopicModelVersion, texts: Sequence[LikeTexts], contradicted: Sequence[Conflict]
) -> set[str]:
    """The rows of the conflicts that are appeals of this installation; others are rows of a file."""
    if not version.has_learned_from_appeals:
        return set()
    alike = [key for text in texts for _label, rows in text.filings for key in rows]
    keys = [key for key in alike + [one.key for one in contradicted] if is_number(key)]
    shown = without_hidden(Appeal.objects.all())
    return {str(number) for number in shown.in_bulk([int(key) for key in keys])}


@require_POST
def use(request: HtmxRequest, number: int) -> HttpResponse:
    require(request.user, Action.CHOOSE_MODEL)
    version = get_object_or_404(model_versions(), version=number)
    words = {"version": version.version}
    if put_to_use(version=version, actor=actor_of(request), now=timezone.now()):
        messages.success(
            request,
            _("Model %(version)s is in use now; appeals get its suggestions at the next run.")
            % words,
        )
    else:
        messages.error(request, _("Model %(version)s is in use already.") % words)
    return redirect("issues:topic_model")


@require_safe
def export(request: HtmxRequest, table: str) -> HttpResponseBase:
    require(request.user, Action.EXPORT)
    version = model_versions().filter(is_active=True).first()
    tables = {"to-label": question_table, "label-conflicts": conflict_table}
    if version is None or table not in tables:
        raise Http404
    return csv_download(table, tables[table](version))
