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
ORDER_COPIED = notice_kind(
    "order_copied",
    label=_("A township of your county got a work order"),
    words=_("Work order %(reference)s went to a unit of your county, which can see it and help."),
)
SHEET_ISSUED = notice_kind(
    "sheet_issued",
    label=_("A supervision sheet for your unit"),
    words=_("Supervision sheet of level %(level)s about work order %(reference)s."),
)
INSTRUCTION_ANSWERED = notice_kind(
    "instruction_answered",
    label=_("A unit told of your instruction"),
    words=_("The unit has told what became of the instruction about work order %(reference)s."),
)
INSTRUCTION_ENDED = notice_kind(
    "instruction_ended",
    label=_("An instruction of yours was ended"),
    words=_("The supervision office has ended the instruction about work order %(reference)s."),
)
INSTRUCTION_LAPSED = notice_kind(
    "instruction_lapsed",
    label=_("The unit that you instructed has the order no longer"),
    words=_(
        "Work order %(reference)s was taken from the unit that was instructed; the next one needs an instruction of its own."
    ),
)
OBJECTION_UPHELD = notice_kind(
    "objection_upheld",
    label=_("An objection was upheld"),
    words=_("Your unit's objection was upheld: work order %(reference)s goes to another unit."),
)
OBJECTION_REJECTED = notice_kind(
    "objection_rejected",
    label=_("An objection was rejected"),
    words=_("Your unit's objection was rejected: it handles work order %(reference)s."),
)
EXTENSION_GRANTED = notice_kind(
    "extension_granted",
    label=_("More time was granted"),
    words=_("Your unit has more time for work order %(reference)s: it is due on %(due)s."),
)
EXTENSION_REFUSED = notice_kind(
    "extension_refused",
    label=_("More time was refused"),
    words=_("Your unit gets no more time for work order %(reference)s."),
)
REPLY_PASSED = notice_kind(
    "reply_passed",
    label=_("A reply has passed review"),
    words=_("Your unit's reply to work order %(reference)s has passed review."),
)
REPLY_SENT_BACK = notice_kind(
    "reply_sent_back",
    label=_("A reply was sent back"),
    words=_("Your unit's reply to work order %(reference)s was sent back: write another."),
)
