"""Let a process that the site starts see the test's own database and files."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from civicloop.apps.intake.actions.runs import AT_WORK
from civicloop.apps.intake.models import appeals

LONGEST_WAIT_SECONDS = 180


@pytest.fixture
def shared_with_background(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Set the environment that background processes inherit; wait for their end.

    An import has more to write once its run is done: in the next test's tables, if nobody waited.
    """
    name = str(connection.settings_dict["NAME"])
    url = settings.ENVIRONMENT.database_url
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    monkeypatch.setattr(appeals, "STALLED_AFTER", timedelta(minutes=10))  # it may begin late
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("CIVICLOOP_DATA", str(tmp_path))
    monkeypatch.setenv("CIVICLOOP_SECRET_KEY", settings.SECRET_KEY)
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    yield
    for thread in threading.enumerate():
        if thread.name == AT_WORK:
            thread.join(LONGEST_WAIT_SECONDS)
            assert not thread.is_alive()
