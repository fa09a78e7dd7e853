"""Say in a few sentences what came of learning from judged pairs."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.issues.models import PairModelVersion
from civicloop.engines.text.events.learning import CHANCE, FEWEST_GROUPS

CHANGES_TOLD = 3

EVIDENCE_WORDS = {
    "wording": gettext_lazy("same wording"),
    "literal_wording": gettext_lazy("text copied word for word"),
    "subject_wording": gettext_lazy("same wording of the subject"),
    "problem_wording": gettext_lazy("same wording of the problem"),
    "name_covered_most": gettext_lazy("names of one subject found in the other appeal"),
    "name_covered_least": gettext_lazy("names of both subjects found on the other side"),
    "problem_covered_most": gettext_lazy("problem of one subject found in the other appeal"),
    "problem_covered_least": gettext_lazy("problems of both subjects found on the other side"),
    "shared_rarity": gettext_lazy("rare words in common"),
    "contained": gettext_lazy("one appeal contained in the other"),
    "problem_meaning": gettext_lazy("problem of like meaning"),
    "same_author": gettext_lazy("same caller"),
    "same_day": gettext_lazy("same day"),
    "time_apart": gettext_lazy("time between them"),
    "other_area": gettext_lazy("other area"),
    "other_county": gettext_lazy("other county"),
    "other_town": gettext_lazy("other township"),
    "same_area": gettext_lazy("same area"),
    "same_county": gettext_lazy("same county"),
    "same_town": gettext_lazy("same township"),
    "numbers": gettext_lazy("same numbers quoted"),
    "other_numbers": gettext_lazy("other numbers in the subject"),
    "shorter_length": gettext_lazy("length of the shorter appeal"),
    "author_habit": gettext_lazy("how much the same caller writes"),
    "other_name": gettext_lazy("each names what the other does not"),
    "other_name_copied": gettext_lazy("another name in a copied text"),
    "name_sounding_alike": gettext_lazy("names that sound alike"),
    "difference_named": gettext_lazy("a copied text in which names are what differs"),
}


def word_learning(version: PairModelVersion) -> Iterator[str]:
    """What was learned from, how much better it is, and whether it is in use."""
    figures = version.figures
    words = {
        "version": version.version,
        "decisions": version.decision_count,
        "same": figures["same"],
        "apart": figures["apart"],
    }
    yield (
        _(
            "Version %(version)s, from %(decisions)s decisions: %(same)s pairs are one matter, %(apart)s are not."
        )
        % words
    )
    if version.file_name:
        yield _("Some of these come from the file %(file)s.") % {"file": version.file_name}
    yield _word_comparison(version)
    yield _word_use(version)
    for _factor, evidence, step in version.changed[:CHANGES_TOLD]:
        words = {"evidence": EVIDENCE_WORDS[evidence], "step": f"{step:+.2f}"}
        yield "  " + _("weighs otherwise now: %(evidence)s (%(step)s)") % words


def _word_comparison(version: PairModelVersion) -> str:
    figures = version.figures
    words = {
        "pairs": figures["pairs"],
        "now": f"{figures['f1_now']:.3f}",
        "before": f"{figures['f1_before']:.3f}",
        "wrong_now": f"{figures['now']['wrongly_joined']:.1%}",
        "wrong_before": f"{figures['before']['wrongly_joined']:.1%}",
        "chance": f"{figures['chance']:.3f}",
    }
    return (
        _(
            "On %(pairs)s judged pairs it was not fitted on: F1 %(now)s, the weights in use until now %(before)s; wrongly joined %(wrong_now)s, until now %(wrong_before)s (sign test, p = %(chance)s)."
        )
        % words
    )


def _word_use(version: PairModelVersion) -> str:
    figures = version.figures
    if version.is_active:
        return _("It is in use now. The next civicloop events looks at all appeals anew.")
    if figures["groups"] < FEWEST_GROUPS:
        words = {"groups": figures["groups"], "fewest": FEWEST_GROUPS}
        return (
            _(
                "Kept, but not in use: %(groups)s separate matters are too few to measure a gain; it takes %(fewest)s."
            )
            % words
        )
    if figures["chance"] > CHANCE:
        return _("Kept, but not in use: the gain may be chance.")
    return _("Kept, but not in use: no gain in F1.")
