"""Two policies of passwords that contradict each other; a city chooses the one it is checked by."""

from dataclasses import dataclass
from typing import Any

DJANGO = "django.contrib.auth.password_validation."
OURS = "civicloop.apps.accounts.passwords."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What a password must be, how long it holds, and how long a session may idle."""

    least_length: int
    asks_kinds: bool  # letters, capitals, digits, signs: three of the four
    days: int  # after which a password is changed; 0: never
    idle_minutes: int

    def validators(self, *, breached_file: str = "") -> list[dict[str, Any]]:
        """The policy as Django's validators; with a list of passwords that became known, if there is one."""
        least = {"min_length": self.least_length}
        chosen: list[dict[str, Any]] = [
            {"NAME": f"{DJANGO}UserAttributeSimilarityValidator"},
            {"NAME": f"{DJANGO}MinimumLengthValidator", "OPTIONS": least},
            {"NAME": f"{DJANGO}CommonPasswordValidator"},
            {"NAME": f"{OURS}ContextWordValidator"},
        ]
        if breached_file:
            options = {"file": breached_file}
            chosen.append({"NAME": f"{OURS}BreachedPasswordValidator", "OPTIONS": options})
        return [*chosen, {"NAME": f"{OURS}KindsValidator"}] if self.asks_kinds else chosen


PASSWORD_POLICIES = {
    # OWASP ASVS 5.0, 6.2: length, no common ones, no rules of composition, no change by the calendar.
    "asvs": PasswordPolicy(least_length=12, asks_kinds=False, days=0, idle_minutes=30),
    # GB/T 22239-2019 level 3, 8.1.4.1, as it is commonly checked: kinds, 90 days, 10 minutes.
    "dengbao3": PasswordPolicy(least_length=10, asks_kinds=True, days=90, idle_minutes=10),
}
