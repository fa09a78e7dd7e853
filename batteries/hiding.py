"""Whether the time of an answer tells that there is what somebody may not know of.

Pairs of questions are asked in turn, in an order that nobody knows: of a report about the own unit and of one that is
nowhere; a log-in under a name that somebody has and one that nobody has; a wrong code with a receipt's number and with a
made-up one; a program that asks for another channel's appeal and for none. The processor's time for each
answer is compared by the test of Kolmogorov and Smirnov. In the control the password of nobody is not worked on.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.urls import get_resolver
from scipy.stats import ks_2samp
from tests.factories import AppealFactory, UnitFactory, UserFactory, WorkOrderFactory
from tests.web.test_routes import addresses, path_of

from batteries.places import furnish
from batteries.retrying import key_of_a_program
from civicloop.apps.accounts.models import Role, User
from civicloop.apps.intake.models import Appeal, Kind, Receipt

OF_A_REPORT = {"order_id", "appeal_id"}
NOWHERE = 987_654
WRONG = "no password of anybody"
FEW = 20_000
CHANCE = 0.01  # that one of all the pairs seems to tell, where none does
Ask = Callable[[int], object]  # the n-th question
Pair = tuple[Ask, Ask]  # of what is hidden, of what is nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How likely each pair's difference is where none is, by the pair's name."""

    chances: Mapping[str, float]
    questions: int

    @property
    def telling(self) -> list[str]:
        return [
            name for name, chance in self.chances.items() if chance < CHANCE / len(self.chances)
        ]

    @property
    def is_met(self) -> bool:
        return not self.telling

    def __str__(self) -> str:
        name = min(self.chances, key=lambda name: self.chances[name])
        least = f"least p {self.chances[name]:.2g} ({name})"
        telling = ", ".join(self.telling) or "none"
        return (
            f"{len(self.chances)} pairs of {self.questions} questions each: {telling} told; {least}"
        )


def run(size: int, *, is_control: bool) -> Told:
    """So many questions of each kind."""
    furnish()
    settings.ACCOUNT_RATE_LIMITS = False
    PBKDF2PasswordHasher.iterations = FEW  # so that what else is done is not lost beside it
    if is_control:
        User.set_password = lambda *_password: None
    pairs = {
        **_of_pages(),
        "log-in": _of_log_ins(),
        "receipt": _of_receipts(size),
        "program": _of_programs(),
    }
    return Told(chances={name: _chance(pair, size) for name, pair in pairs.items()}, questions=size)


def _chance(pair: Pair, size: int) -> float:
    dice = random.Random(size)
    times: tuple[list[float], list[float]] = ([], [])
    for ask in pair:  # so that nothing is done for the first time
        ask(0)
    for number in range(1, size + 1):
        for which in dice.sample((0, 1), 2):
            began = time.process_time()
            pair[which](number)
            times[which].append(time.process_time() - began)
    return float(ks_2samp(*times).pvalue)


def _of_pages() -> dict[str, Pair]:
    """Each page about a report, asked for by a dispatcher who belongs to the unit that it is about."""
    police = UnitFactory()
    order = WorkOrderFactory(is_sensitive=True, kind=Kind.REPORT, respondent_unit=police)
    Appeal.objects.filter(pk=order.appeal_id).update(kind=Kind.REPORT)
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role=Role.DISPATCHER, unit=police))
    hidden = {"order_id": order.pk, "appeal_id": order.appeal_id}
    nowhere = dict.fromkeys(OF_A_REPORT, NOWHERE)
    return {
        name: (_getting(client, path_of(name, one, hidden)), _getting(client, path_of(name, one, nowhere)))
        for name, one in addresses(get_resolver().url_patterns)
        if OF_A_REPORT & set(getattr(one, "converters", ()))
    }  # fmt: skip


def _getting(client: Client, path: str, **headers: str) -> Ask:
    return lambda _number: client.get(path, headers=headers)


def _of_log_ins() -> Pair:
    client, names = Client(raise_request_exception=False), count()
    known = UserFactory(role=Role.DISPATCHER)
    known.set_password("the password of somebody")
    known.save()

    def enter(name: str) -> None:
        client.post("/accounts/login/", {"login": name, "password": WRONG})

    return lambda _number: enter(known.username), lambda _number: enter(f"nobody{next(names)}")


def _of_receipts(size: int) -> Pair:
    client = Client(raise_request_exception=False)
    for number in range(size + 1):
        Receipt.objects.create(
            appeal=AppealFactory(), number=f"2026{number:08}", code_hash="0" * 64
        )

    def track(first: str) -> Ask:
        return lambda number: client.post(
            "/track/",
            {"number": f"{first}{number:08}", "code": "2345-6789-ABCDE"},
            REMOTE_ADDR=f"10.{first[-1]}.{number // 250}.{number % 250}",
        )

    return track("2026"), track("2027")


def _of_programs() -> Pair:
    client = Client(raise_request_exception=False)
    whose, other = (
        {"Authorization": f"Bearer {key_of_a_program(name)}"} for name in ("one", "other")
    )
    made = client.post(
        "/api/v1/appeals", {"text": "路灯不亮"}, "application/json",
        headers={**whose, "Idempotency-Key": "1"},
    ).json()  # fmt: skip
    return (
        _getting(client, f"/api/v1/appeals/{made['id']}", **other),
        _getting(client, f"/api/v1/appeals/{made['id'][::-1]}", **other),
    )
