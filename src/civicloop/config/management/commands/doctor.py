from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand
from civicloop.config.selfcheck import (
    Finding,
    check_audit,
    check_calendar,
    check_installation,
    check_keys,
    check_scanner,
    check_seals,
    check_upkeep,
)

EXAMPLES = """examples:
  civicloop doctor                          a line for each thing looked at; ends with 1 if one is unsafe
  civicloop doctor && civicloop serve       serve only where all is safe
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Check that this installation is safe to keep a city's appeals in.")
    examples = EXAMPLES
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = timezone.now()
            findings = [
                *check_installation(),
                check_keys(),
                *check_seals(),
                *check_scanner(),
                check_calendar(now=now),
                *check_audit(now=now),
                *check_upkeep(now=now),
            ]
        except DatabaseError as error:
            words = _("cannot be opened: %(reason)s") % {"reason": str(error).strip()}
            findings = [Finding(name=connection.vendor, is_safe=False, words=words)]
        for finding in findings:
            self.stdout.write(f"{self._mark(finding)} {finding.name}: {finding.words}")
        unsafe = sum(not finding.is_safe for finding in findings)
        if unsafe:
            self.stderr.write(_("Not safe: %(count)s findings above.") % {"count": unsafe})
            raise SystemExit(1)
        self.stdout.write(_("Safe."))

    def _mark(self, finding: Finding) -> str:
        if finding.is_warning:
            return self.style.WARNING("!")
        return self.style.SUCCESS("✓") if finding.is_safe else self.style.ERROR("✗")
