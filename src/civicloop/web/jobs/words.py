"""The names of jobs in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOB_WORDS: Mapping[str, Promise] = {
    "tell_followers": _("Tell those who follow a public case"),
    "deliver": _("Send a message"),
    "tell_of_failed_jobs": _("Tell administrators of failed jobs"),
    "find_what_is_late": _("Find orders and cases that are late"),
    "begin_call_backs": _("Put work orders on the call-back list"),
    "pass_replies": _("Pass replies that need no reviewer"),
    "send_plans": _("Send batch answers"),
    "send_dispatch": _("Send orders that a dispatcher gave to units"),
    "place_arrivals": _("Find the events of new appeals"),
    "learn_events_anew": _("Look at all appeals again when many came"),
    "forget_old_jobs": _("Remove old jobs"),
    "forget_old_files": _("Remove old imported files"),
    "forget_old_keys": _("Forget under which keys programs sent appeals"),
    "forget_left_calls": _("Remove calls left at the desk"),
    "check_audit": _("Check that nobody changed the audit"),
    "note_end_of_audit": _("Note the end of the audit in another place"),
    "remove_orphan_identities": _("Remove identities whose appeal was never kept"),
    "end_retention": _("Take away whose time to be kept is over"),
    "mask_arrivals": _("Mask persons in new appeals"),
}


def job_words(name: str) -> str:
    """A job in words; one that has none yet is named by its code."""
    return str(JOB_WORDS.get(name, name))
