from django.utils.translation import gettext_lazy as _

from civicloop.apps.notices.kinds import notice_kind

PETITION_NEAR_DUE = notice_kind(
    "petition_near_due",
    label=_("A petition is nearly due"),
    words=_("Petition no. %(reference)s is due on %(due)s."),
)
PETITION_OVERDUE = notice_kind(
    "petition_overdue",
    label=_("A petition is overdue"),
    words=_("Petition no. %(reference)s was due on %(due)s."),
)
DECISION_NEAR_DUE = notice_kind(
    "decision_near_due",
    label=_("A decision of a joint meeting is nearly due"),
    words=_("A decision of joint meeting no. %(reference)s is due on %(due)s."),
)
DECISION_OVERDUE = notice_kind(
    "decision_overdue",
    label=_("A decision of a joint meeting is overdue"),
    words=_("A decision of joint meeting no. %(reference)s was due on %(due)s."),
)
MEDIATION_NEAR_DUE = notice_kind(
    "mediation_near_due",
    label=_("A mediation is nearly due"),
    words=_("Mediation no. %(reference)s is due on %(due)s."),
)
MEDIATION_OVERDUE = notice_kind(
    "mediation_overdue",
    label=_("A mediation is overdue"),
    words=_("Mediation no. %(reference)s was due on %(due)s."),
)
