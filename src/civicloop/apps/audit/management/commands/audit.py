from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from civicloop.apps.audit.anchors import (
    Anchor,
    ForgedAnchorError,
    NoMailServerError,
    anchor_line,
    anchor_now,
    append_anchor,
    printed_anchor,
    read_anchors,
    send_anchor,
)
from civicloop.apps.audit.verifying import verify_audit
from civicloop.apps.command import ExplainedCommand, refuse_unreadable, refuse_unwritable
from civicloop.engines.audit.checking import FaultKind

EXAMPLES = """examples:
  civicloop audit verify                              is every event still what was written?
  civicloop audit verify --anchor /mnt/other/anchors  and is the end of no chain cut off?
  civicloop audit anchor --file /mnt/other/anchors    note where the chains end, in another place
  civicloop audit anchor --email registry@example.org
  civicloop audit anchor --printed                    a line short enough for the foot of a bulletin
"""
FAULT_WORDS: Mapping[str, Promise] = {
    FaultKind.CHANGED: gettext_lazy(
        "event %(event)s was changed, or events before it were taken out"
    ),
    FaultKind.INSERTED: gettext_lazy("event %(event)s was put in"),
    FaultKind.MOVED: gettext_lazy("event %(event)s stands where it was not written"),
    FaultKind.MISSING: gettext_lazy("places %(position)s to %(last)s are empty"),
    FaultKind.CUT_OFF: gettext_lazy("place %(position)s is not as the anchor noted it"),
    FaultKind.HEAD_CHANGED: gettext_lazy("the note of the chain's end was changed"),
    FaultKind.KEY_UNKNOWN: gettext_lazy("the key of event %(event)s is not in the key file"),
}


class Command(ExplainedCommand):
    summary = gettext_lazy("Check that nobody changed the audit; note its state in another place.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        one = steps.add_parser("verify", help=_("read every chain; ends with 1 if one is broken"))
        one.add_argument("--anchor", type=Path, help=_("a file of anchors to compare with"))
        one = steps.add_parser("anchor", help=_("note where the chains end"))
        one.add_argument("--file", type=Path, help=_("add the note to this file"))
        one.add_argument("--email", help=_("send the note to this address"))
        one.add_argument(
            "--printed", action="store_true", help=_("print a short line, for the foot of a page")
        )

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        steps: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "verify": self._verify,
            "anchor": self._anchor,
        }
        steps[step](options)

    def _verify(self, options: dict[str, Any]) -> None:
        check = verify_audit(anchors=_anchors(options["anchor"]), now=timezone.now())
        for fault in check.faults:
            words = FAULT_WORDS[fault["kind"]] % fault
            self.stdout.write(_("Chain %(chain)s: ") % fault + words)
        if check.fault_count:
            words = ngettext(
                "%(count)s fault in %(events)s events.",
                "%(count)s faults in %(events)s events.",
                check.fault_count,
            )
            counts = {"count": check.fault_count, "events": check.event_count}
            raise CommandError(words % counts)
        words = _("%(events)s events as they were written, %(anchors)s anchors met.")
        counts = {"events": check.event_count, "anchors": check.anchor_count}
        self.stdout.write(self.style.SUCCESS(words % counts))

    def _anchor(self, options: dict[str, Any]) -> None:
        refuse_unwritable(options["file"])
        anchor = anchor_now(now=timezone.now())
        if options["file"]:
            append_anchor(anchor, options["file"])
        if options["email"]:
            self._send(anchor, options["email"])
        line = printed_anchor if options["printed"] else anchor_line
        self.stdout.write(line(anchor))

    def _send(self, anchor: Anchor, address: str) -> None:
        try:
            send_anchor(anchor, address)
        except NoMailServerError:
            raise CommandError(_("No e-mail can be sent: set CIVICLOOP_EMAIL_URL.")) from None


def _anchors(file: Path | None) -> Sequence[Anchor]:
    if file is None:
        return []
    refuse_unreadable(file)
    try:
        return list(read_anchors(file))
    except ForgedAnchorError as error:
        message = _("%(file)s holds a line that this installation did not write: %(line)s")
        raise CommandError(message % {"file": file, "line": str(error)[:80]}) from None
