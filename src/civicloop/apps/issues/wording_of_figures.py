"""Say what the figures of training and evaluation are, for people; JSON keeps the keys."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

GROUPS: Mapping[str, str | Promise] = {
    "topics": gettext_lazy("Topics"),
    "topics, 1 of 3 levels": gettext_lazy("Topics, first level only"),
    "topics, 3 of 3 levels": gettext_lazy("Topics, all three levels"),
    "events": gettext_lazy("Events"),
    "places in events": gettext_lazy("Places in events"),
    "kinds": gettext_lazy("Kinds of appeals"),
    "kinds, by the rules alone": gettext_lazy("Kinds of appeals, by the rules alone"),
    "urgency": gettext_lazy("Urgency of texts"),
    "dangers": gettext_lazy("Dangers"),
    "requests": gettext_lazy("Separate problems"),
    "places": gettext_lazy("Places named in texts"),
    "times": gettext_lazy("Times named in texts"),
    "respondents": gettext_lazy("Whom texts are about"),
    "arrivals: by time": gettext_lazy("One by one in the order of time, beside a look at all"),
    "arrivals: by time, the last ones": gettext_lazy("So only the last ones"),
    "arrivals: by time, the last ones, learned anew": gettext_lazy(
        "The same beside a look at all that learned anew"
    ),
    "arrivals: backwards": gettext_lazy("One by one backwards, beside a look at all"),
    "arrivals: backwards, the last ones": gettext_lazy("So only the last ones"),
    "arrivals: backwards, the last ones, learned anew": gettext_lazy(
        "The same beside a look at all that learned anew"
    ),
    "arrivals: shuffled": gettext_lazy("One by one in any order, beside a look at all"),
    "arrivals: shuffled, the last ones": gettext_lazy("So only the last ones"),
    "arrivals: shuffled, the last ones, learned anew": gettext_lazy(
        "The same beside a look at all that learned anew"
    ),
    "classes": gettext_lazy("Classes of events"),
    "alarms": gettext_lazy("Alarms"),
    "alarms: plain z-score": gettext_lazy("Beside them a plain z-score with no more false alarms"),
    "alarms, topics only": gettext_lazy("Alarms for topics and places alone"),
    "alarms, topics only: plain z-score": gettext_lazy(
        "Beside these a plain z-score with no more false alarms"
    ),
    "routing": gettext_lazy("Routing: directory and experience together"),
    "routing: directory alone": gettext_lazy("Beside it the directory alone"),
    "routing: experience alone": gettext_lazy("Beside it experience alone, as sure"),
    "personal: structured kinds": gettext_lazy(
        "Personal details hidden: numbers, addresses of mail and messengers, plates"
    ),
    "personal: mobile": gettext_lazy("Mobile numbers"),
    "personal: landline": gettext_lazy("Landline numbers"),
    "personal: identity": gettext_lazy("Numbers of identity documents"),
    "personal: card": gettext_lazy("Numbers of bank cards"),
    "personal: plate": gettext_lazy("Plates of vehicles"),
    "personal: email": gettext_lazy("Mail addresses"),
    "personal: messenger": gettext_lazy("Accounts at messengers"),
    "personal: name": gettext_lazy("Names of people"),
    "personal: home": gettext_lazy("Homes to the room"),
    "personal: self": gettext_lazy("What fits only the writer"),
    "replies": gettext_lazy("Replies: which are empty"),
    "replies, shorter than 60 characters": gettext_lazy(
        "Empty replies: shorter than 60 characters"
    ),
    "replies, shipped scorer": gettext_lazy("Empty replies: the scorer as shipped"),
    "replies, shipped scorer and rules": gettext_lazy(
        "Empty replies: the scorer as shipped, within the rules"
    ),
    "replies, scorer learnt here, cross-validated": gettext_lazy(
        "Empty replies: a scorer learnt on these rows, scored on groups it did not see"
    ),
}
FIGURES: Mapping[str, str | Promise] = {
    "rows": gettext_lazy("rows measured"),
    "accuracy": gettext_lazy("accuracy of the first choice"),
    "macro_f1": gettext_lazy("macro-F1 over the topics"),
    "ece": gettext_lazy("expected calibration error"),
    "threshold": gettext_lazy("probability below which a person decides"),
    "coverage": gettext_lazy("share of rows answered"),
    "answered_accuracy": gettext_lazy("accuracy of the rows answered"),
    "surest_85_accuracy": gettext_lazy("accuracy of the surest 85 % of the rows"),
    "accuracy_low": gettext_lazy("that accuracy at least (95 % interval)"),
    "accuracy_high": gettext_lazy("that accuracy at most (95 % interval)"),
    "offered": gettext_lazy("share of the rest whose right unit a person is offered"),
    "b3s_p": gettext_lazy("strict B-cubed precision"),
    "b3s_r": gettext_lazy("strict B-cubed recall"),
    "b3s_f1": gettext_lazy("strict B-cubed F1"),
    "b3_p": gettext_lazy("B-cubed precision"),
    "b3_r": gettext_lazy("B-cubed recall"),
    "b3_f1": gettext_lazy("B-cubed F1"),
    "pair_p": gettext_lazy("pair precision"),
    "pair_r": gettext_lazy("pair recall"),
    "pair_f1": gettext_lazy("pair F1"),
    "near_miss_merge": gettext_lazy("share of the near misses wrongly joined"),
    "events_kept_whole": gettext_lazy("share of the judged events kept whole"),
    "events_exact": gettext_lazy("share of the judged events met exactly"),
    "events": gettext_lazy("judged events"),
    "n": gettext_lazy("appeals measured"),
    "places": gettext_lazy("places named"),
    "singly": gettext_lazy("appeals that came one by one"),
    "joined_pairs": gettext_lazy("pairs joined whose places are clear"),
    "one_place": gettext_lazy("share of these of one place"),
    "copies": gettext_lazy("copies made with another place's name"),
    "copies_joined": gettext_lazy("share of these wrongly joined with their model"),
    "classes": gettext_lazy("classes found"),
    "causes": gettext_lazy("planted causes"),
    "events_measured": gettext_lazy("events measured"),
    "kinds_macro_f1": gettext_lazy("macro-F1 over the kinds"),
    "commonest_share": gettext_lazy("share of the commonest kind"),
    "exact_p": gettext_lazy("precision of exact spans"),
    "exact_r": gettext_lazy("recall of exact spans"),
    "exact_f1": gettext_lazy("F1 of exact spans"),
    "overlap_p": gettext_lazy("precision of overlapping spans"),
    "overlap_r": gettext_lazy("recall of overlapping spans"),
    "overlap_f1": gettext_lazy("F1 of overlapping spans"),
    "judged": gettext_lazy("judged spans"),
    "found": gettext_lazy("spans found"),
    "hidden_beside": gettext_lazy("share of harmless characters hidden beside them"),
    "decoys": gettext_lazy("what only sounds like a danger"),
    "false_alarms": gettext_lazy("share of that taken for a danger"),
    "too_low": gettext_lazy("share found less urgent than judged"),
    "judged_level_3": gettext_lazy("texts judged very urgent"),
    "level_3_r": gettext_lazy("share of those found very urgent"),
    "level_3_p": gettext_lazy("share of the texts found very urgent that were judged so"),
    "texts_of_level_3": gettext_lazy("texts found very urgent"),
    "count_exact": gettext_lazy("share with the right number of problems"),
    "several": gettext_lazy("texts with several problems"),
    "several_count_exact": gettext_lazy("share of those with the right number"),
    "boundary_p": gettext_lazy("precision of the beginnings of further problems"),
    "boundary_r": gettext_lazy("recall of the beginnings of further problems"),
    "boundary_f1": gettext_lazy("F1 of the beginnings of further problems"),
    "bursts": gettext_lazy("known bursts"),
    "alarms": gettext_lazy("alarms"),
    "recall_2_days": gettext_lazy(
        "share of the bursts told by the end of the second day after the first"
    ),
    "recall_48_hours": gettext_lazy(
        "share told within 48 hours of the first appeal, with a check on the hour"
    ),
    "recall_1_day": gettext_lazy("share told by the end of the day after the first"),
    "recall_ever": gettext_lazy("share told at all"),
    "false_per_week": gettext_lazy("alarms a week that tell no known burst"),
    "median_lead_days": gettext_lazy("days from the alarm to the busiest day, median"),
    "empty_replies": gettext_lazy("replies judged empty"),
    "precision": gettext_lazy("precision"),
    "recall": gettext_lazy("recall"),
    "f1": gettext_lazy("F1"),
    "f1_low": gettext_lazy("F1, lower end of the 95 % interval"),
    "f1_high": gettext_lazy("F1, upper end"),
    "f1_gain_low": gettext_lazy("F1 above that of length alone, lower end of the 95 % interval"),
    "f1_gain_high": gettext_lazy("F1 above that of length alone, upper end"),
    "auc": gettext_lazy("area under the ROC curve"),
    "recall_with_beside": gettext_lazy("recall, replies beside the matter called empty, too"),
    "precision_with_beside": gettext_lazy("precision of that"),
    "promised_day_recall": gettext_lazy("share of the promised days found"),
    "promised_day_precision": gettext_lazy("share of the days found that were promised"),
}


def word_group(key: str) -> str:
    """What was measured; a key that has no words yet stands for itself."""
    return str(GROUPS.get(key, key))


def word_figures(figures: Mapping[str, object]) -> Iterator[str]:
    """A line for each figure; a key that has no words yet stands for itself."""
    for key, value in figures.items():
        words = _("%(figure)s: %(value)s") % {
            "figure": FIGURES.get(key, key),
            "value": "–" if value is None else value,
        }
        yield f"  {words}"
