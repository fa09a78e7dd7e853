import os
import socket
from contextlib import nullcontext
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.apps.command import ExplainedCommand, whole_number
from civicloop.apps.vault.foreign_keys import refuse_foreign_keys
from civicloop.config.selfcheck import check_installation
from civicloop.config.worker_process import worker_beside
from civicloop.web.metrics import count_together

HIGHEST_PORT = 65535
DRAIN_SECONDS = 30  # told to stop, a process ends the requests that it has in hand
EXAMPLES = """examples:
  civicloop serve
  civicloop serve --port 8080 --workers 4
  CIVICLOOP_HOSTS=12345.example.org CIVICLOOP_HTTPS=1 civicloop serve --host 0.0.0.0
"""


class Command(ExplainedCommand):
    summary = gettext_lazy("Serve the site; refuses to start where appeals could be lost.")
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        port = whole_number(most=HIGHEST_PORT)
        parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on"))
        parser.add_argument("--port", type=port, default=8000, help=_("port to listen on"))
        parser.add_argument("--workers", type=whole_number(), default=2, help=_("processes"))
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help=_("no background worker beside the site; civicloop work runs elsewhere"),
        )
        parser.add_argument(
            "--keys-are-lost",
            action="store_true",
            help=_("begin though nothing that is sealed opens: its keys are lost for good"),
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        unsafe = [finding for finding in check_installation() if not finding.is_safe]
        if unsafe:
            reasons = "\n".join(f"  {finding.name}: {finding.words}" for finding in unsafe)
            raise CommandError(_("Not safe to serve (civicloop doctor):") + "\n" + reasons)
        are_lost = options["keys_are_lost"]
        refuse_foreign_keys(are_lost=are_lost)
        refuse_taken_port(host, port)
        self.stdout.write(
            _("Serving http://%(host)s:%(port)s/ – stop with Ctrl-C") % {"host": host, "port": port}
        )
        self.stdout.flush()
        with nullcontext() if options["no_worker"] else worker_beside(keys_are_lost=are_lost):
            serve(host=host, port=port, workers=workers)


def refuse_taken_port(host: str, port: int) -> None:
    """The server shares a port with whoever has it already; visitors would see either."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                _("Port %(port)s cannot be opened (%(reason)s). Choose another: --port")
                % {"port": port, "reason": error.strerror}
            ) from None


def serve(*, host: str, port: int, workers: int) -> None:
    """Run the WSGI server until it is stopped."""
    from granian.constants import Interfaces, Loops
    from granian.server import Server

    from civicloop.config.web_processes import EvenServer, can_share_evenly

    server = EvenServer if workers > 1 and can_share_evenly() else Server
    if settings.DEMO:
        os.environ["CIVICLOOP_DEMO"] = "1"
    with TemporaryDirectory(prefix="civicloop-counts-") as folder:
        count_together(folder)
        server(
            "civicloop.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            backpressure=64,
            loop=Loops.asyncio,
            log_access=False,
            workers_kill_timeout=DRAIN_SECONDS,
            process_name=None,
        ).serve()
