"""What the scripted day counts, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY_WORDS: Mapping[str, Promise] = {
    "registered": _("registered"),
    "answered on the spot": _("answered on the spot"),
    "passed to an emergency line": _("passed to an emergency line"),
    "supervision sheets": _("supervision sheets"),
    "reports of a wrong": _("reports of a wrong"),
    "merged": _("merged into another"),
    "dispatched automatically": _("dispatched automatically"),
    "dispatched by hand": _("dispatched by hand"),
    "objections upheld": _("objections upheld"),
    "objections rejected": _("objections rejected"),
    "signed for": _("signed for"),
    "consultations": _("consultations"),
    "answered by one plan": _("answered by one plan"),
    "joint meetings": _("joint meetings"),
    "mediations": _("mediations"),
    "petitions": _("petitions"),
    "reception days": _("reception days"),
    "replied": _("replied"),
    "replied late": _("replied late"),
    "replies sent back": _("replies sent back"),
    "called back": _("called back"),
    "done again": _("done again"),
    "closed": _("closed"),
    "still open": _("still open"),
    "left open": _("left open"),
    "instructions": _("leaders' instructions"),
    "given more time": _("given more time"),
    "escalated": _("escalated"),
    "divided": _("divided"),
    "published": _("shown to everybody"),
}
