"""What every test can count on."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def now() -> datetime:
    return datetime(2023, 11, 14, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def files_of_this_test_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path / "files")
