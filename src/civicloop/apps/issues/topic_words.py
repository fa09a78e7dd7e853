"""Say in one sentence each how a topic model was compared, and what has changed since."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.apps.issues.models import TopicModelVersion
from civicloop.engines.text.topics.drift import DriftKind, DriftWarning


def word_training(version: TopicModelVersion, *, rows: int) -> Iterator[str]:
    """What came of a training."""
    words = {"version": version.version, "rows": rows}
    if version.is_active:
        yield _("Model %(version)s trained on %(rows)s rows, in use now.") % words
    else:
        yield _("Model %(version)s trained on %(rows)s rows, kept but not in use.") % words
    if version.comparison:
        yield word_comparison(version.comparison)


def word_comparison(comparison: Mapping[str, Any]) -> str:
    """How a version did beside the one in use before."""
    if not comparison["rows"]:
        return _(
            "Not compared with model %(against)s: too few labelled rows that it had not seen."
        ) % dict(comparison)
    words = {
        "against": comparison["against"],
        "rows": comparison["rows"],
        "now": f"{comparison['accuracy']:.1%}",
        "before": f"{comparison['accuracy_before']:.1%}",
        "chance": f"{comparison['chance']:.3f}",
    }
    if comparison["is_measured"]:
        return (
            _(
                "On %(rows)s rows neither had seen it is right in %(now)s, model %(against)s in %(before)s: a measured gain (McNemar, p = %(chance)s)."
            )
            % words
        )
    return (
        _(
            "On %(rows)s rows neither had seen it is right in %(now)s, model %(against)s in %(before)s: no measured gain (McNemar, p = %(chance)s)."
        )
        % words
    )


def word_drift(warning: DriftWarning) -> str:
    """One way in which new appeals differ from those the model learned from."""
    words = {
        "before": f"{warning.before:.1%}",
        "now": f"{warning.now:.1%}",
        "topic": warning.topic,
    }
    if warning.kind == DriftKind.TOPICS:
        return _("Other topics come in: %(topic)s made up %(before)s and is %(now)s now.") % words
    if warning.kind == DriftKind.WORDS:
        return _("New words come in: the model knew %(before)s of the words, now %(now)s.") % words
    return _("The model has become less sure: %(before)s on average before, %(now)s now.") % words
