"""What a person should label or look at again, as tables."""

from django.utils.translation import gettext as _

from civicloop.apps.issues.models import TopicModelVersion
from civicloop.apps.issues.tables import Table
from civicloop.apps.issues.topic_queries import appeals_to_label, label_conflicts

MOST_QUESTIONS = 200


def question_table(version: TopicModelVersion, *, most: int = MOST_QUESTIONS) -> Table:
    """Header, then the appeals most worth a label, best first."""
    yield [
        _("Number"), _("Title"), _("Text"), _("Suggestion"), _("Probability"),
        _("Second choice"), _("Topic"),
    ]  # fmt: skip
    for one in appeals_to_label(version, most=most):
        appeal, suggestion = one.appeal, one.suggestion
        yield [
            appeal.source_key,
            appeal.subject,
            appeal.text,
            suggestion.label,
            round(suggestion.probability, 3),
            suggestion.second_label,
            "",
        ]


def conflict_table(version: TopicModelVersion) -> Table:
    """Header, then the rows whose label something speaks against."""
    yield [
        _("Row"), _("Topic"), _("Speaks against it"), _("Other topic"), _("Row with the same text"),
        _("Probability"),
    ]  # fmt: skip
    for conflict in label_conflicts(version):
        yield [
            conflict.key,
            conflict.label,
            (
                _("nearly the same text")
                if conflict.kind == "same_text"
                else _("a model that had not seen it")
            ),
            conflict.other_label,
            conflict.other_key,
            "" if conflict.probability is None else round(conflict.probability, 3),
        ]
