"""Say what came of learning which unit solves what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.apps.dispatch.actions.unit_training import TrainedUnits
from civicloop.apps.issues.topic_words import word_comparison


def word_unit_training(trained: TrainedUnits) -> Iterator[str]:
    """Version, what it learned from, how it compares, and what it would have sent rightly."""
    version = trained.version
    words = {"version": version.version, "rows": trained.rows, "returned": trained.returned}
    if version.is_active:
        yield (
            _(
                "Unit model %(version)s learned from %(rows)s solved appeals, %(returned)s of them returned before; in use now."
            )
            % words
        )
    else:
        yield (
            _(
                "Unit model %(version)s learned from %(rows)s solved appeals, %(returned)s of them returned before; kept but not in use."
            )
            % words
        )
    if version.comparison:
        yield word_comparison(version.comparison)
    yield word_validation(version.validation, version.threshold)


def word_validation(validation: Mapping[str, Any], threshold: float) -> str:
    """Coverage and accuracy on the newest appeals, in one sentence: neither is told alone."""
    if threshold > 1 or validation["accuracy"] is None:
        return _(
            "On the newest %(rows)s appeals no threshold meets the chosen accuracy: nothing goes by itself."
        ) % {"rows": f"{validation['rows']:,}"}
    return _(
        "On the newest %(rows)s appeals %(coverage)s would go by themselves, %(accuracy)s of them to the right unit (95%% interval %(low)s to %(high)s)."
    ) % {
        "rows": f"{validation['rows']:,}",
        "coverage": f"{validation['coverage']:.1%}",
        "accuracy": f"{validation['accuracy']:.1%}",
        "low": f"{validation['low']:.1%}",
        "high": f"{validation['high']:.1%}",
    }
