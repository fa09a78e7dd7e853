"""A channel's program sends each appeal again and again under its key, at once and later.

Four processes send the same appeals in the same order, so that the tries of one meet. In the control the key is
written after the commit that it should be part of, and some process ends between the two: the next try finds no key,
and is an appeal of its own.
"""

from collections.abc import Callable

from batteries.ledger import Ledger, Verdict
from batteries.places import furnish
from batteries.sending import Say, names_kept, start

PROCESSES = 4
MOST_TRIES, FEWEST_TRIES = 25, 2  # of an appeal, by each process
CREATED = 201


def run(size: int, *, is_control: bool) -> Verdict:
    """So many tries, a hundred of each appeal; of few tries, fewer of one."""
    furnish()
    if is_control:
        _keep_keys_after_the_commit()
    key = key_of_a_program()
    tries = min(MOST_TRIES, max(FEWEST_TRIES, size // PROCESSES))
    count = max(1, size // (PROCESSES * tries))
    names = [f"路灯不亮 {number}" for number in range(count)]

    def send_all(say: Say) -> None:
        send = _sender(key)
        for name in names:
            for _ in range(tries):
                say("ask", name)
                say("ok" if send(name) == CREATED else "fail", name)

    ledger = Ledger()
    start([send_all] * PROCESSES, ledger).end()
    return ledger.compare(names_kept())


def key_of_a_program(name: str = "battery") -> str:
    from django.utils import timezone

    from civicloop.apps.intake.actions.clients import add_client
    from civicloop.apps.intake.models import ApiAction, Channel

    return add_client(
        name=name,
        channel=Channel.objects.get(code="web"),
        actions=list(ApiAction),
        hourly_limit=1_000_000,
        actor=None,
        now=timezone.now(),
    )[1]


def _sender(key: str) -> Callable[[str], int]:
    from django.db import close_old_connections
    from django.test import Client

    client: Client = Client(raise_request_exception=False)

    def send(name: str) -> int:
        close_old_connections()
        answer = client.post(
            "/api/v1/appeals",
            {"text": name},
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {key}",
                "Idempotency-Key": name.rsplit(maxsplit=1)[-1],
            },
        )
        return int(answer.status_code)

    return send


def _keep_keys_after_the_commit() -> None:
    """The fault that must be found: the first time that a process has committed an appeal, it fails before the key."""
    from django.db import transaction

    from civicloop.apps.intake.models import SentAppeal

    save, failed = SentAppeal.save, set()

    def save_later(sent: SentAppeal, **options: bool) -> None:
        def keep_key() -> None:
            if sent.body_hash not in failed:
                failed.add(sent.body_hash)
                raise ConnectionError
            save(sent, **options)

        transaction.on_commit(keep_key)

    SentAppeal.save = save_later
