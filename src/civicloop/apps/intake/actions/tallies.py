"""Count tries in the database, so that a limit holds for every process and after a restart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from civicloop.apps.intake.models import Tally

KEPT = timedelta(days=1)
IPV4_BITS, NETWORK_BITS = 32, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often something may be tried within a time."""

    name: str
    most: int
    within: timedelta


CODES_OF_A_RECEIPT = Limit(name="codes of a receipt", most=5, within=timedelta(minutes=15))
CODES_FROM_AN_ADDRESS = Limit(name="codes from an address", most=30, within=timedelta(hours=1))


class TooManyTriesError(Exception):
    """The limit is reached; `until` says when it may be tried again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@transaction.atomic
def count_try(*, limit: Limit, whom: str, now: datetime) -> None:
    """Count one more try before it is made.

    Raises:
        TooManyTriesError: it would be one too many.
    """
    tally, is_new = Tally.objects.select_for_update().get_or_create(
        key=_key(limit, whom), defaults={"began_at": now, "count": 0}
    )
    if is_new:
        Tally.objects.filter(began_at__lt=now - KEPT).delete()
    if now - tally.began_at >= limit.within:
        tally.began_at, tally.count = now, 0
    if tally.count >= limit.most:
        raise TooManyTriesError(tally.began_at + limit.within)
    tally.count += 1
    tally.save()


@transaction.atomic
def give_back_try(*, limit: Limit, whom: str) -> None:
    """A try that turned out well does not count."""
    Tally.objects.filter(key=_key(limit, whom), count__gt=0).update(count=F("count") - 1)


def network_of(address: str) -> str:
    """By what tries from an address are counted: of IPv6 the network that one connection is given.

    Whoever has one has 2^64 addresses, and would else have as many tries.
    """
    try:
        network = ip_network((address, NETWORK_BITS if ":" in address else IPV4_BITS), strict=False)
    except ValueError:
        return address
    return str(network.network_address)


def _key(limit: Limit, whom: str) -> str:
    return salted_hmac(f"civicloop tally {limit.name}", whom, algorithm="sha256").hexdigest()[:32]
