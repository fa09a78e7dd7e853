"""The small centre of tests/apps/dispatch, seen through the site."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.apps.dispatch.conftest import (  # noqa: F401  fixtures
    clerk,
    dispatcher,
    head,
    housing,
    make_begun,
    make_dispatched,
    make_replied,
    make_signed,
    police,
)

from civicloop.apps.accounts.models import User

Browse = Callable[[User], Client]


@pytest.fixture(autouse=True)
def storage_of_this_test_only(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "evidence"  # by pytest-django, so that the storage hears of it


@pytest.fixture
def now():
    """The views look at the clock themselves, and time limits run."""
    return timezone.now()


@pytest.fixture
def browse(db) -> Browse:
    """A browser in which this member of staff is logged in."""

    def browse(user: User) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(user)
        return client

    return browse


@pytest.fixture
def photograph() -> io.BytesIO:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "canary-maker"
    exif[0x8825] = {1: "N", 2: (40.0, 5.0, 12.0)}
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG", exif=exif)
    file.seek(0)
    file.name = "现场.jpg"
    return file
