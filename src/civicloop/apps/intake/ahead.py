"""Prepare what comes next in a thread, while what came before is being written."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

READY_ITEMS = 2
BETWEEN_LOOKS_SECONDS = 0.2

# What is prepared hangs together in no rings, and is many small things that the collector counts.
USUAL_COLLECTING, SELDOM_COLLECTING = gc.get_threshold(), (50_000, 20, 50)
USUAL_TURN, SHORT_TURN = sys.getswitchinterval(), 0.0001  # seconds one thread waits for another

Item = TypeVar("Item")


class _End:
    """What stands behind the last item: the error that ended it, if one did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


@contextmanager
def prepared_ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The same items in the same order, of which a few are ready before they are asked for.

    The thread has ended and the source is closed when the block is left, however it is left. An
    error of the source is raised at its place in the order.
    """
    ready: Queue[Item | _End] = Queue(READY_ITEMS)
    is_left = Event()

    def put(item: Item | _End) -> None:
        while not is_left.is_set():
            with suppress(Full):
                ready.put(item, timeout=BETWEEN_LOOKS_SECONDS)
                return

    def prepare() -> None:
        error = None
        try:
            for item in items:
                put(item)
                if is_left.is_set():
                    break
        except BaseException as raised:  # noqa: BLE001  it is raised where the items are used
            error = raised
        put(_End(error))

    thread = Thread(target=prepare, name="prepared_ahead", daemon=True)
    thread.start()
    try:
        with _two_at_work():
            yield _until_end(ready)
    finally:
        is_left.set()
        thread.join()
        close = getattr(items, "close", None)
        if close:
            close()


@contextmanager
def _two_at_work() -> Iterator[None]:
    """Let two threads change often, and not stop for a collector that would find nothing."""
    gc.set_threshold(*SELDOM_COLLECTING)
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        gc.set_threshold(*USUAL_COLLECTING)
        sys.setswitchinterval(USUAL_TURN)


def _until_end(ready: Queue[Item | _End]) -> Iterator[Item]:
    while not isinstance(item := ready.get(), _End):
        yield item
    if item.error:
        raise item.error
