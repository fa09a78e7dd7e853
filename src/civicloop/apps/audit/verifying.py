"""Read every chain from end to end, while others write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from civicloop.apps.audit.anchors import Anchor
from civicloop.apps.audit.chaining import content_of
from civicloop.apps.audit.keys import audit_keys
from civicloop.apps.audit.models import AuditChain, AuditCheck, AuditEvent
from civicloop.engines.audit.checking import Fault, FaultKind, Head, Link, check_chain

FAULTS_KEPT = 100
_CHUNK = 2_000


def verify_audit(*, anchors: Iterable[Anchor] = (), now: datetime) -> AuditCheck:
    """Compare every event with its code, and the chains with the anchors; the result is kept."""
    known = list(anchors)
    heads = {one.number: _head(one) for one in AuditChain.objects.order_by("number")}
    anchored: dict[int, dict[int, bytes]] = defaultdict(dict)
    for anchor in known:
        for chain, (position, mac) in anchor.ends.items():
            anchored[chain][position] = mac
    faults = list(_faults(heads, anchored))
    return AuditCheck.objects.create(
        at=now,
        event_count=sum(head.position for head in heads.values()),
        anchor_count=len(known),
        fault_count=len(faults),
        faults=[_told(fault) for fault in faults[:FAULTS_KEPT]],
    )


def last_check() -> AuditCheck | None:
    """When the chains were last read, and what was found."""
    return AuditCheck.objects.order_by("-id").first()


def is_key_of_audit_here() -> bool:
    """Whether the first and the last event were linked with keys at hand."""
    ends = (AuditEvent.objects.order_by(order).first() for order in ("id", "-id"))
    return all(end is None or end.key_id in audit_keys() for end in ends)


def _head(chain: AuditChain) -> Head:
    return Head(position=chain.position, mac=bytes(chain.mac))


def _faults(heads: dict[int, Head], anchored: dict[int, dict[int, bytes]]) -> Iterator[Fault]:
    keys = audit_keys()
    nothing = Head(position=0, mac=b"")
    for number in sorted(heads.keys() | anchored.keys()):
        head = heads.get(number, nothing)
        yield from check_chain(
            _links(number, head.position),
            chain=number,
            keys=keys,
            head=head,
            anchored=anchored.get(number),
        )
    yield from _behind_the_heads()


def _links(chain: int, last: int) -> Iterator[Link]:
    """The events of a chain up to its head: what is written meanwhile is for the next check."""
    events = AuditEvent.objects.filter(chain=chain, position__lte=last).order_by("position")
    for event in events.iterator(chunk_size=_CHUNK):
        yield Link(
            event=event.pk,
            position=event.position,
            key_id=event.key_id,
            mac=bytes(event.mac),
            content=content_of(event),
        )


def _behind_the_heads() -> Iterator[Fault]:
    """Events that no chain knows of: event and head are written as one, so one statement tells."""
    heads = AuditChain.objects.filter(number=OuterRef("chain"), position__gte=OuterRef("position"))
    strangers = AuditEvent.objects.filter(~Exists(heads))
    for event in strangers.order_by("chain", "position")[: FAULTS_KEPT + 1]:
        yield Fault(
            kind=FaultKind.INSERTED,
            chain=event.chain,
            position=event.position,
            last=event.position,
            event=event.pk,
        )


def _told(fault: Fault) -> dict[str, str | int | None]:
    return {
        "kind": str(fault.kind),
        "chain": fault.chain,
        "position": fault.position,
        "last": fault.last,
        "event": fault.event,
    }
