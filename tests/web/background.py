"""Let a process that the site starts see the test's own database and files."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection


def share_with_background(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Set the environment that background processes inherit; ``folder`` holds the files."""
    name = str(connection.settings_dict["NAME"])
    url = settings.ENVIRONMENT.database_url
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("CIVICLOOP_DATA", str(folder))
    monkeypatch.setenv("CIVICLOOP_SECRET_KEY", settings.SECRET_KEY)
    monkeypatch.setattr(settings, "MEDIA_ROOT", folder / "files")
