"""Processes of their own that work on a test's database."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start_process(transactional_db, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a Python process that works on this test's database and files."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        server = connection.settings_dict
        url = (
            f"postgres://{server['USER']}@{quote(server['HOST'], safe='')}:{server['PORT']}/{name}"
        )
    environment = (
        os.environ
        | {
            "DATABASE_URL": url,
            "CIVICLOOP_DATA": str(tmp_path),
            "CIVICLOOP_SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",  # the jobs that the tests bring stand in `tests`
        }
    )

    started = []

    def start(*words: object, **more: str) -> subprocess.Popen:
        command = [sys.executable, *map(str, words)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command,
            env=environment | more,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
