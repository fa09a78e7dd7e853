"""The shipped limits in the reader's language."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from civicloop.apps.clocks.presets import Preset, PresetLimit, Sure, all_presets
from civicloop.apps.clocks.wording import word_limit, word_rule

SURE_WORDS: dict[Sure, str | Promise] = {
    Sure.STATUTE: gettext_lazy("text of the statute read"),
    Sure.OFFICIAL: gettext_lazy("official page or press"),
    Sure.UNVERIFIED: gettext_lazy("not verified"),
    Sure.OWN: gettext_lazy("a default of ours"),
}
CASE_WORDS: dict[str, str | Promise] = {
    "urgent": gettext_lazy("urgent"),
    "utilities": gettext_lazy("water, power, gas, heat"),
    "complex": gettext_lazy("complex"),
    "web": gettext_lazy("web channels"),
    "supervision": gettext_lazy("supervision"),
}


class LimitShown(NamedTuple):
    name: str
    case: str
    limit: str
    extensions: Sequence[str]
    sure: str
    is_sure: bool
    remark: str
    row: PresetLimit


class PresetShown(NamedTuple):
    preset: Preset
    limits: Sequence[LimitShown]


def presets_shown() -> list[PresetShown]:
    return [
        PresetShown(preset, [_limit_shown(row) for row in preset.limits])
        for preset in all_presets()
    ]


def _limit_shown(row: PresetLimit) -> LimitShown:
    rules = row.sourced.extension_rules
    return LimitShown(
        name=str(row.name.label),
        case=str(CASE_WORDS.get(row.case, row.case)),
        limit=word_limit(row.sourced.limit),
        extensions=[word_rule(rule) for rule in rules.values()] or [_("none")],
        sure=str(SURE_WORDS[row.sure]),
        is_sure=row.sure in {Sure.STATUTE, Sure.OFFICIAL},
        remark=row.remark.get("zh" if (get_language() or "zh").startswith("zh") else "en", ""),
        row=row,
    )
