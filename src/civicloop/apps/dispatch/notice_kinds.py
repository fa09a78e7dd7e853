from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import notice_kind

ORDER_NEAR_DUE = notice_kind(
    "order_near_due",
    label=_("A work order is nearly due"),
    words=_("Work order %(reference)s is due on %(due)s."),
)
ORDER_OVERDUE = notice_kind(
    "order_overdue",
    label=_("A work order is overdue"),
    words=_("Work order %(reference)s was due on %(due)s."),
)
SHEET_ISSUED = notice_kind(
    "sheet_issued",
    label=_("A supervision sheet for your unit"),
    words=_("Supervision sheet of level %(level)s about work order %(reference)s."),
)
