"""Whether the site can do its work; asked by load balancers, without log-in.

`healthz`: the database answers. `readyz`: and its tables are those of this program.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civicloop.apps.vault.databases import pending_migrations

UNAVAILABLE = 503
PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- every view takes a request
    try:
        for connection in connections.all():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable\n", PLAIN, UNAVAILABLE)
    return HttpResponse("ok\n", PLAIN)


@never_cache
@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- every view takes a request
    try:
        pending = pending_migrations()
    except DatabaseError:
        return HttpResponse("database unavailable\n", PLAIN, UNAVAILABLE)
    if pending:
        return HttpResponse("migrations are to be run\n", PLAIN, UNAVAILABLE)
    return HttpResponse("ready\n", PLAIN)
