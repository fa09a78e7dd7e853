from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import notice_kind

IMPORT_ENDED = notice_kind(
    "import_ended",
    label=_("An import has ended"),
    words=_("Import no. %(reference)s has ended: %(new)s new rows, %(rejected)s came back."),
)
IMPORT_FAILED = notice_kind(
    "import_failed",
    label=_("An import has failed"),
    words=_("Import no. %(reference)s has failed; its page says why."),
)
LOOK_ASKED = notice_kind(
    "look_asked",
    label=_("A contact is asked for"),
    words=_("Somebody asks to see the contact of the sensitive appeal %(reference)s."),
)
LOOK_ALLOWED = notice_kind(
    "look_allowed",
    label=_("A contact may be seen"),
    words=_("You may see the contact of appeal %(reference)s, within 24 hours."),
)
LOOK_REFUSED = notice_kind(
    "look_refused",
    label=_("A contact may not be seen"),
    words=_("Your wish to see the contact of appeal %(reference)s was refused."),
)
NUISANCE_PROPOSED = notice_kind(
    "nuisance_proposed",
    label=_("A caller's mark waits for you"),
    words=_("An operator proposes a mark at appeal %(reference)s; a second person decides."),
)
NUISANCE_DECIDED = notice_kind(
    "nuisance_decided",
    label=_("Your proposal of a mark is decided"),
    words=_("The mark that you proposed at appeal %(reference)s is decided."),
)
