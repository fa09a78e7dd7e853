"""Steps in a second process beside this one, so that a second core has work too."""

import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from types import TracebackType
from typing import NamedTuple, Self

import django
from django.core.management import CommandError, call_command


class Step(NamedTuple):
    """Actions under one heading; each is given `stdout` and can be sent to another process."""

    heading: str
    actions: Sequence[Callable[..., object]]


def command(name: str, *words: str) -> Callable[..., object]:
    """A management command by Django's name, as an action of a step."""
    return partial(call_command, name, *words)


class Beside:
    """The process that takes the steps one after another; it ends with the block, and with us.

    Raises:
        CommandError: a step failed; what the steps before it wrote stays.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        spawning = get_context("spawn")  # a fork would share our connections to the database
        self._heard, says = spawning.Pipe(duplex=False)
        self._process = spawning.Process(
            target=_take, args=(pickle.dumps(steps), says), daemon=True
        )
        self._process.start()
        says.close()  # now only the process holds it: when it ends, there is nothing more to hear

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join()
        self._process.close()
        self._heard.close()

    def said(self) -> Iterator[str]:
        """What the steps that are done by now have printed, each heading with its lines."""
        while self._heard.poll():
            try:
                is_well, words = self._heard.recv()
            except EOFError:
                return
            if not is_well:
                raise CommandError(words)
            yield words

    def rest(self) -> Iterator[str]:
        """Wait for the steps that are left."""
        while self._process.is_alive():
            self._heard.poll(None)
            yield from self.said()
            self._process.join(0.1)
        yield from self.said()
        if self._process.exitcode:
            raise CommandError(f"exit code {self._process.exitcode}")  # its traceback is printed


def _take(pickled: bytes, says: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()  # an action may name models
    steps: Sequence[Step] = pickle.loads(pickled)  # noqa: S301  of the process that began us
    for step in steps:
        printed = StringIO()
        try:
            for act in step.actions:
                act(stdout=printed)
        except CommandError as error:
            says.send((False, f"{step.heading}: {error}"))
            return
        says.send((True, f"· {step.heading}\n{printed.getvalue()}"))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed at any moment, as a database must bear
