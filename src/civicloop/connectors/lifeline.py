"""Let a process end as soon as the one that it works for does, however that comes about."""

import fcntl
import os
import select


def end_with_holder_of(handle: int) -> None:  # pragma: no cover  runs in child processes only
    """End this process as soon as the other end of a pipe closes, of which it reads `handle`.

    The kernel's signal works while native code runs and, unlike PR_SET_PDEATHSIG, does not come
    when merely a thread of the other process ends.
    """
    fcntl.fcntl(handle, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(handle, fcntl.F_SETFL, fcntl.fcntl(handle, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if poll.poll(0):  # it closed before the kernel was asked
        os._exit(1)
