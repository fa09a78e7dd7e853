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
