import pytest
from django.db import connections
from tests.apps.conftest import start_process

__all__ = ["start_process"]


@pytest.fixture
def new(tmp_path, django_db_blocker):
    """A database without tables, beside the one of the tests."""
    own = {**connections["default"].settings_dict, "ENGINE": "civicloop.config.sqlite"}
    connections.settings["new"] = {**own, "NAME": str(tmp_path / "new.sqlite3"), "OPTIONS": {}}
    with django_db_blocker.unblock():
        yield connections["new"]
        connections["new"].close()
    del connections["new"], connections.settings["new"]
